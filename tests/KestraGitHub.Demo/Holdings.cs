using System.Text.RegularExpressions;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.Demo;

/// <summary>
/// All that one side holds: content by "flow namespace id" or "file namespace path". Made without the service's own code: it is what is on trial.
/// </summary>
internal sealed partial record Holdings(IReadOnlyDictionary<string, string> Content)
{
    public static Holdings OfGit(string repository, string branch)
    {
        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in GitSandbox.Run(repository, ["ls-tree", "-r", "-z", "--name-only", branch])
            .Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var text = GitSandbox.Run(repository, ["cat-file", "blob", $"{branch}:{path}"]);
            if (path.StartsWith(DemoContent.Files, StringComparison.Ordinal))
                content[$"file {DemoContent.Namespace} /{path[DemoContent.Files.Length..]}"] = text;
            if (!path.StartsWith(DemoContent.Flows, StringComparison.Ordinal)) continue;
            var folders = path[DemoContent.Flows.Length..].Split('/')[..^1];
            content[$"flow {string.Join('.', [DemoContent.Namespace, .. folders])} {FlowId.Match(text).Groups[1].Value}"] = text;
        }

        return new Holdings(content);
    }

    public static Holdings OfKestra(KestraState state)
    {
        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var flows = state.ListFlows();
        foreach (var flow in flows) content[$"flow {flow.Namespace} {flow.Id}"] = flow.Source;
        foreach (var ns in flows.Select(f => f.Namespace).Append(DemoContent.Namespace).Distinct())
            foreach (var path in state.ListFiles(ns)) content[$"file {ns} {path}"] = state.GetFileText(ns, path) ?? "";
        return new Holdings(content);
    }

    /// <summary>What there is, in columns.</summary>
    public IEnumerable<string> Lines => Content.Keys
        .Select(k => k.Split(' ', 3))
        .Select(k => $"{k[0]}  {k[1].PadRight(Content.Keys.Max(n => n.Split(' ', 3)[1].Length))}  {k[2]}");

    /// <summary>Every difference in a line; none when both hold the same to the last character.</summary>
    public IReadOnlyList<string> Differences(Holdings git) =>
    [
        .. git.Content.Keys.Except(Content.Keys).Select(k => $"{k}: in Git, not in Kestra"),
        .. Content.Keys.Except(git.Content.Keys).Select(k => $"{k}: in Kestra, not in Git"),
        .. Content.Where(c => git.Content.TryGetValue(c.Key, out var text) && text != c.Value).Select(c => $"{c.Key}: the contents differ"),
    ];

    [GeneratedRegex(@"^id:\s*(\S+)", RegexOptions.Multiline)]
    private static partial Regex FlowId { get; }
}

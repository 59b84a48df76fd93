using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>One real run of plugin-git, as it was recorded: Data/plugin-git-recordings/README.md says what is in it.</summary>
internal sealed partial record Recording(JsonNode Json)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "plugin-git-recordings");

    public static IEnumerable<string> Names(string pattern) =>
        Directory.EnumerateFiles(Folder, pattern).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public string Type => Json["task"]!.GetValue<string>();

    public string Properties => Json["properties"]!.GetValue<string>();

    public IReadOnlyList<string> States => [.. Json["runs"]!.AsArray().Select(r => r!["state"]!.GetValue<string>() == "SUCCESS" ? "succeeded" : "failed")];

    public static Recording Load(string name) => new(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")))!);

    public IEnumerable<(string Branch, Dictionary<string, SandboxFile> Files)> Branches =>
        Json["before"]!["git"]!.AsObject().Select(b => (b.Key, b.Value!.AsObject().ToDictionary(f => f.Key, f => new SandboxFile(Bytes(f.Value!)))));

    /// <summary>Flows by namespace/id, files by namespace:path, as text that can be compared.</summary>
    public SortedDictionary<string, string> Held(string side)
    {
        var held = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, source) in Json[side]!["flows"]!.AsObject()) held[key] = Encoding.UTF8.GetString(Bytes(source!)).TrimEnd('\n', '\r');
        foreach (var (ns, files) in Json[side]!["files"]!.AsObject())
        foreach (var (path, content) in files!.AsObject()) held[$"{ns}:{path}"] = Convert.ToHexString(Bytes(content!));
        return held;
    }

    /// <summary>Ids of the files that Git held afterwards, by branch:path.</summary>
    public SortedDictionary<string, string> GitAfter
    {
        get
        {
            var held = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (branch, files) in Json["after"]!["git"]!.AsObject())
            foreach (var (path, content) in files!.AsObject()) held[$"{branch}:{path}"] = BlobHash.Of(Bytes(content!));
            return held;
        }
    }

    /// <summary>The commits that were made, as "branch: message".</summary>
    public IEnumerable<string> CommitsAfter =>
        Json["after"]!["commits"]!.AsObject().SelectMany(b => b.Value!.AsArray().Select(c => $"{b.Key}: {c!["message"]}")).Order(StringComparer.Ordinal);

    /// <summary>The names of the recordings that fit, each for both versions: <c>syncflows-first on 2.0</c>.</summary>
    public static IEnumerable<string> Cases(params string[] patterns) => patterns.SelectMany(Names).SelectMany(n => new[] { $"{n} on 2.0", $"{n} on 1.3" });

    /// <summary>The recording of a case.</summary>
    public static Recording Of(string name) => Load(Name(name));

    public static string Name(string name) => name.Split(' ')[0];

    /// <summary>A case that begins where the recorded one began.</summary>
    public async Task<SyncCase> StartAsync(string name)
    {
        var one = await SyncCase.StartAsync(version: name.Split(' ')[^1]);
        foreach (var (branch, files) in Branches) one.Commit(files, branch);
        foreach (var (_, source) in Json["before"]!["flows"]!.AsObject()) one.Kestra.State.PutFlow(source!.GetValue<string>());
        foreach (var (ns, files) in Json["before"]!["files"]!.AsObject())
        foreach (var (path, content) in files!.AsObject()) one.Kestra.State.PutFile(ns, "/" + path, Bytes(content!));
        return one;
    }

    /// <summary>What the first run said it wrote, in this product's words. Directories and what stayed are left out.</summary>
    public IReadOnlyList<string> Rows
    {
        get
        {
            var outputs = Json["runs"]![0]!["outputs"]!;
            if (outputs["flowId"] is { } flow) return [$"added {outputs["namespace"]}/{flow}"];
            var text = (outputs["flows.rows"] ?? outputs["files.rows"])?.GetValue<string>() ?? "";
            return [.. RowPattern().Matches(text).Select(RowOf).OfType<string>().Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The files that the first run of a push said it changed.</summary>
    public IReadOnlyList<string> Pushed
    {
        get
        {
            var outputs = Json["runs"]![0]!["outputs"]!;
            var text = (outputs["flows.rows"] ?? outputs["files.rows"])?.GetValue<string>() ?? "";
            return [.. FilePattern().Matches(text).Select(m => m.Groups["file"].Value).Order(StringComparer.Ordinal)];
        }
    }

    private static string? RowOf(Match row)
    {
        var action = row.Groups["state"].Value switch { "ADDED" => "added", "UPDATED" or "OVERWRITTEN" => "updated", "DELETED" => "deleted", _ => null };
        var file = row.Groups["file"].Value;
        if (action is null || file.EndsWith('/')) return null;
        return row.Groups["id"].Success ? $"{action} {row.Groups["ns"].Value}/{row.Groups["id"].Value}" : $"{action} {file[1..].Replace("/_files/", "/", StringComparison.Ordinal)}";
    }

    public static byte[] Bytes(JsonNode content) =>
        content is JsonObject o ? Convert.FromBase64String(o["base64"]!.GetValue<string>()) : Encoding.UTF8.GetBytes(content.GetValue<string>());

    [GeneratedRegex("file:\"(?<file>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex FilePattern();

    [GeneratedRegex("""\{gitPath:[^,]*,syncState:"(?<state>[A-Z]+)",(flowId:"(?<id>[^"]*)",namespace:"(?<ns>[^"]*)"|kestraPath:"(?<file>[^"]*)")""", RegexOptions.ExplicitCapture)]
    private static partial Regex RowPattern();
}

using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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

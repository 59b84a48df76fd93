using System.Text.Json.Nodes;

namespace KestraGitHub.Demo;

/// <summary>What is told of a run.</summary>
internal sealed record DemoRun(string Id, string State, TimeSpan Took, string Summary, string? Error)
{
    public static string IdIn(string answer) =>
        (string?)JsonNode.Parse(answer)!["runId"] ?? throw new DemoFailure($"The service named no run: {answer}");

    public static DemoRun Of(JsonObject run)
    {
        var took = (DateTimeOffset?)run["finishedAt"] - ((DateTimeOffset?)run["startedAt"] ?? (DateTimeOffset?)run["createdAt"]);
        var changes = (run["changes"]?.AsArray() ?? []).GroupBy(c => (Kind: (string)c!["kind"]!, Action: (string)c["action"]!))
            .Select(g => $"{g.Count()} {g.Key.Kind}{(g.Count() == 1 ? "" : "s")} {Past(g.Key.Action)}");
        var summary = string.Join(", ", changes);
        if (summary.Length == 0) summary = "nothing to do";
        return new DemoRun((string)run["id"]!, (string)run["state"]!, took ?? TimeSpan.Zero, summary, (string?)run["error"]);
    }

    private static string Past(string action) => action switch { "add" => "added", "update" => "updated", "delete" => "deleted", _ => action };
}

using System.Text.Json.Nodes;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary>A run of a service, waited for and told as a report.</summary>
internal static class ServiceRuns
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Of a run that was just begun: whoever does not wait for its end can ask for it later.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> TellEndAsync(ServiceClient client, string id, Screen screen, OutputForm form, bool detailed, CancellationToken ct)
    {
        await screen.Errors.WriteLineAsync($"run {id}");
        return await PrintEndAsync(client, id, screen, form, detailed, ct);
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> PrintEndAsync(ServiceClient client, string id, Screen screen, OutputForm form, bool detailed, CancellationToken ct)
    {
        var run = await EndAsync(client, id, screen, ct);
        ReportPrinter.Print(ReportOf(client, run), form, screen);
        return CodeOf(run, detailed);
    }

    /// <summary>The run when it has ended, or waits for somebody: that may be for ever.</summary>
    public static async Task<JsonNode> EndAsync(ServiceClient client, string id, Screen screen, CancellationToken ct)
    {
        for (string? told = null; ;)
        {
            var run = await client.GetAsync($"api/v1/runs/{ServiceClient.Part(id)}", ct);
            if (HasEnded(run) || WaitsForApproval(run)) return run;
            if (Text(run, "state") is not ("queued" or "waiting" or "running")) throw client.NotOurs();
            var waits = Text(run, "state") == "waiting" ? Text(run, "error") ?? Text(run, "waitingFor") : null;
            if (waits is not null && waits != told) await screen.Errors.WriteLineAsync(Screen.Plain($"waits for {Text(run, "waitingFor")}: {waits}"));
            told = waits ?? told;
            await Task.Delay(Pause, ct);
        }
    }

    private static bool WaitsForApproval(JsonNode run) => Text(run, "state") == "waiting" && Text(run, "waitingFor") == "approval";

    public static bool HasEnded(JsonNode run) => Text(run, "state") is "succeeded" or "failed" or "cancelled";

    public static CommandReport ReportOf(ServiceClient client, JsonNode run)
    {
        var state = Text(run, "state") switch
        {
            "succeeded" => run["dryRun"]?.GetValue<bool>() == true ? "planned" : "applied",
            var other => other ?? "failed",
        };
        return new CommandReport(
            state, client.Url.AbsoluteUri, Text(run, "revision"), Text(run, "commitMessage"), Text(run, "author"), null, CountsOf(run),
            [.. (run["changes"] as JsonArray ?? []).OfType<JsonObject>().Select(LineOf)], Text(run, "error")) { Run = Text(run, "id") };
    }

    private static int CodeOf(JsonNode run, bool detailed)
    {
        var counts = CountsOf(run);
        return Text(run, "state") switch
        {
            "succeeded" => detailed && counts.Changed > 0 ? ExitCodes.Changes : ExitCodes.Ok,
            "waiting" => ExitCodes.Blocked,
            "failed" when Text(run, "error")?.Contains(RunGuard.Held, StringComparison.Ordinal) == true => ExitCodes.Blocked,
            "failed" when counts.Invalid > 0 => ExitCodes.Invalid,
            "failed" when counts.Conflict > 0 => ExitCodes.Conflict,
            "failed" when (run["changes"] as JsonArray ?? []).Any(c => Text(c!, "action") == "failed" && counts.Changed == 0) => ExitCodes.Blocked,
            _ => ExitCodes.Error,
        };
    }

    private static RunCounts CountsOf(JsonNode run)
    {
        int Of(string name) => run["counts"]?[name]?.GetValue<int>() ?? 0;
        return new RunCounts(
            Of("added"), Of("updated"), Of("deleted"), Of("unchanged"), Of("kept"), Of("skipped"), Of("ignored"), Of("protected"), Of("conflict"), Of("invalid"),
            Of("failed"));
    }

    private static ChangeLine LineOf(JsonObject row) => new(
        Text(row, "task") ?? "", Text(row, "kind") ?? "", Text(row, "namespace") ?? "", Text(row, "id") ?? "", Text(row, "path"), Text(row, "action") ?? "",
        Text(row, "reason") ?? "");

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();
}

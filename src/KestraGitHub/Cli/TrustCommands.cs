using System.CommandLine;
using System.Text.Json.Nodes;

namespace KestraGitHub.Cli;

/// <summary>What a person says to a running service of plans and commits: <c>approve</c>, <c>reject</c>, <c>rollback</c>, <c>release</c>.</summary>
internal static class TrustCommands
{
    private const int RunIdLength = 32;

    public static IEnumerable<Command> All(IReadOnlyList<string> settings) =>
    [
        OfRun("approve", "Approve the plan that a run of a service waits with: that plan only.", settings, async (client, path, run, ct) =>
            await client.PostAsync(path + "/approve", new { plan = Listing.Text(run["approval"], "plan") is { Length: > 0 } plan ? plan : null }, ct)),
        OfRun("reject", "Reject the plan that a run of a service waits with; the run ends, and nothing is written.", settings, async (client, path, _, ct) =>
            await client.PostAsync(path + "/reject", new { }, ct)),
        Rollback(settings), Release(settings),
    ];

    private static Command OfRun(
        string name, string description, IReadOnlyList<string> settings,
        Func<ServiceClient, string, JsonNode, CancellationToken, Task<JsonNode>> say)
    {
        var (frame, service, id) = (new CommandFrame(), new ServiceOptions(), new Argument<string>("run") { Description = "Its id." });
        var wait = new Option<bool>("--wait") { Description = "Wait for the end, and end as the run did: with 2 where it changed something." };
        var command = frame.Create(name, description, settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            var path = $"api/v1/runs/{ServiceClient.Part(result.GetValue(id)!)}";
            var run = await say(client, path, await client.GetAsync(path, ct), ct);
            if (result.GetValue(wait)) return await ServiceRuns.PrintEndAsync(client, result.GetValue(id)!, screen, form, detailed: true, ct);
            Listing.Print(run, form, screen, r => [Listing.Text(r, "id"), Listing.Text(r, "state")]);
            return ExitCodes.Ok;
        });
        service.AddTo(command, ofSync: false);
        command.Arguments.Add(id);
        command.Options.Add(wait);
        return command;
    }

    private static Command Rollback(IReadOnlyList<string> settings)
    {
        var (frame, service, sync) = (new CommandFrame(), new ServiceOptions(), Sync());
        var to = new Option<string>("--to") { Description = "A run that succeeded, or a commit, branch or tag.", Required = true };
        var reason = new Option<string?>("--reason") { Description = "Why, for those who find it so." };
        var wait = new Option<bool>("--wait") { Description = "Wait for the end, and end as the run did: with 2 where it changed something." };
        var command = frame.Create("rollback", "Have a service roll a sync back. What its branches point to now is held until a newer commit comes.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            var goal = result.GetValue(to)!;
            var isRun = goal.Length == RunIdLength && goal.All(char.IsAsciiHexDigitLower);
            var path = ServiceClient.PathOf(ServiceOptions.KeyOf(result.GetValue(sync))) + "/rollback";
            var run = await client.PostAsync(path, new { run = isRun ? goal : null, revision = isRun ? null : goal, reason = result.GetValue(reason) }, ct);
            if (result.GetValue(wait)) return await ServiceRuns.TellEndAsync(client, Listing.Text(run, "id"), screen, form, detailed: true, ct);
            Listing.Print(run, form, screen, r => [Listing.Text(r, "id")]);
            return ExitCodes.Ok;
        });
        service.AddTo(command, ofSync: false);
        command.Arguments.Add(sync);
        command.Options.Add(to);
        command.Options.Add(reason);
        command.Options.Add(wait);
        return command;
    }

    private static Command Release(IReadOnlyList<string> settings)
    {
        var (frame, service, sync) = (new CommandFrame(), new ServiceOptions(), Sync());
        var command = frame.Create("release", "Release what a sync of a service holds since a rollback.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            var answer = await client.PostAsync(ServiceClient.PathOf(ServiceOptions.KeyOf(result.GetValue(sync))) + "/release", new { }, ct);
            Listing.Print(answer, form, screen, s => [Listing.Text(s, "state"), $"{Listing.Text(s, "namespace")}/{Listing.Text(s, "flow")}"]);
            return ExitCodes.Ok;
        });
        service.AddTo(command, ofSync: false);
        command.Arguments.Add(sync);
        return command;
    }

    private static Argument<string> Sync() => new("sync") { Description = "[tenant/]namespace/flow." };
}

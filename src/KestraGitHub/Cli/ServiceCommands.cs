using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using KestraGitHub.Runs;

namespace KestraGitHub.Cli;

/// <summary>The commands that only a running service can answer: <c>run</c>, <c>wait</c>, <c>status</c>, <c>drift</c>, <c>history</c>, <c>logs</c>.</summary>
internal static class ServiceCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static IEnumerable<Command> All(IReadOnlyList<string> settings) => [Run(settings), Wait(settings), Status(settings), Drift(settings), History(settings), Logs(settings)];

    private static Command Run(IReadOnlyList<string> settings)
    {
        var (frame, service) = (new CommandFrame(), new ServiceOptions());
        var dryRun = new Option<bool>("--dry-run") { Description = "Plan and change nothing." };
        var force = new Option<bool>("--force") { Description = "Try again what failed for good, or apply what is held since a rollback." };
        var onConflict = new Option<string?>("--on-conflict") { Description = "Which side wins this time where both changed, instead of what the definition says." };
        onConflict.AcceptOnlyFromAmong("source", "target", "merge", "fail");
        var wait = new Option<bool>("--wait") { Description = "Wait for the end, and end as the run did: with 2 where it changed something, or would." };
        var command = frame.Create("run", "Have a running service run a sync.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            var id = await client.StartAsync(service.SyncOf(result), result.GetValue(dryRun), service.RevisionOf(result), ct, result.GetValue(force), result.GetValue(onConflict));
            if (result.GetValue(wait)) return await ServiceRuns.TellEndAsync(client, id, screen, form, detailed: true, ct);
            Listing.Print(await client.GetAsync($"api/v1/runs/{ServiceClient.Part(id)}", ct), form, screen, run => [Listing.Text(run, "id")]);
            return ExitCodes.Ok;
        });
        service.AddTo(command);
        command.Options.Add(dryRun);
        command.Options.Add(force);
        command.Options.Add(onConflict);
        command.Options.Add(wait);
        return command;
    }

    private static Command Wait(IReadOnlyList<string> settings)
    {
        var (frame, service, id) = (new CommandFrame(), new ServiceOptions(), RunId());
        var command = frame.Create("wait", "Wait for a run of a service, and end as it did: with 2 where it changed something, or would.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            return await ServiceRuns.PrintEndAsync(client, result.GetValue(id)!, screen, form, detailed: true, ct);
        });
        service.AddTo(command, ofSync: false);
        command.Arguments.Add(id);
        return command;
    }

    private static Command Status(IReadOnlyList<string> settings)
    {
        var (frame, service) = (new CommandFrame(), new ServiceOptions());
        var tenant = new Option<string>("--tenant") { Description = "Whose syncs.", DefaultValueFactory = _ => "main" };
        var command = frame.Create("status", "Say which syncs of a service are in step: 2 when one is not, 3 when one does not load.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            var syncs = await SyncsAsync(client, service, tenant, result, screen, ct);
            var states = syncs.Select(s => Listing.Text(s!, "state")).ToList();
            Listing.Print(syncs, form, screen, s =>
                [Listing.Text(s, "state"), $"{Listing.Text(s, "namespace")}/{Listing.Text(s, "flow")}", Short(Listing.Text(s["lastRun"], "revision")), Listing.Text(s["lastRun"], "state"),
                    Listing.Text(s["lastRun"], "finishedAt"), Listing.Text(s["lastRun"], "error")]);
            return states.Contains("broken") ? ExitCodes.Invalid : states.Exists(s => s is "outOfDate" or "drifted") ? ExitCodes.Changes : ExitCodes.Ok;
        });
        service.AddTo(command, withRevision: false);
        command.Options.Add(tenant);
        return command;
    }

    private static Command Drift(IReadOnlyList<string> settings)
    {
        var (frame, service) = (new CommandFrame(), new ServiceOptions());
        var tenant = new Option<string>("--tenant") { Description = "Whose syncs.", DefaultValueFactory = _ => "main" };
        var check = new Option<bool>("--check") { Description = "Look now, instead of saying what the last look found. It needs a sync." };
        var command = frame.Create("drift", "Say what Kestra holds otherwise than a service applied it: 2 when there is something.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            if (result.GetValue(check) && !service.Names(result)) throw new CommandFault(ExitCodes.Invalid, "--check looks at one sync: name it.");
            if (result.GetValue(check)) await client.PostAsync($"{PathOf(service, result)}/drift", ct);
            var syncs = (await SyncsAsync(client, service, tenant, result, screen, ct)).OfType<JsonNode>().ToList();
            var objects = new JsonArray([.. syncs.SelectMany(s => (s["drift"]?["objects"] as JsonArray ?? []).Select(o => Named(s, o!)))]);
            Listing.Print(objects, form, screen, o =>
                [Listing.Text(o, "sync"), Listing.Text(o, "kind"), $"{Listing.Text(o, "namespace")}/{Listing.Text(o, "id")}", Listing.Text(o, "what"), Listing.Text(o, "since"),
                    Listing.Text(o, "revision"), Listing.Text(o, "by")]);
            var errors = syncs.Where(s => Listing.Text(s["drift"], "error").Length > 0).ToList();
            var unseen = syncs.Except(errors).Where(s => Listing.Text(s["drift"], "checkedAt").Length == 0).Select(NameOf).ToList();
            if (unseen.Count > 0) screen.Errors.WriteLine(Screen.Plain($"Never looked at: {LogWords.Named(unseen)}. `drift --check --sync NAME` looks now."));
            foreach (var failed in errors) screen.Errors.WriteLine($"{NameOf(failed)} could not be looked at: {Listing.Text(failed["drift"], "error")}");
            return objects.Count > 0 ? ExitCodes.Changes : errors.Count > 0 ? ExitCodes.Error : ExitCodes.Ok;
        });
        service.AddTo(command, withRevision: false);
        service.TakeSyncAlone(command);
        command.Options.Add(tenant);
        command.Options.Add(check);
        return command;
    }

    /// <summary>The one that was named, or all of a tenant.</summary>
    private static async Task<JsonArray> SyncsAsync(ServiceClient client, ServiceOptions service, Option<string> tenant, ParseResult result, Screen screen, CancellationToken ct)
    {
        if (service.Names(result))
        {
            GivenOptions.Refuse(service.NameOf(result), GivenOptions.Of(result, tenant), "The name of a sync says its tenant: tenant/namespace/flow.");
            return [await client.GetAsync(PathOf(service, result), ct)];
        }

        var syncs = await client.ListAsync($"api/v1/{ServiceClient.Part(result.GetValue(tenant)!)}/syncs", ct);
        if (syncs.Count == 0) await screen.Errors.WriteLineAsync(Screen.Plain($"Tenant {result.GetValue(tenant)} has no syncs."));
        return syncs;
    }

    private static JsonObject Named(JsonNode sync, JsonNode one)
    {
        var named = new JsonObject { ["sync"] = NameOf(sync) };
        foreach (var (name, value) in one.AsObject()) named[name] = value?.DeepClone();
        return named;
    }

    private static string NameOf(JsonNode sync) => $"{Listing.Text(sync, "tenant")}/{Listing.Text(sync, "namespace")}/{Listing.Text(sync, "flow")}";

    private static Command History(IReadOnlyList<string> settings)
    {
        var (frame, service) = (new CommandFrame(), new ServiceOptions());
        var limit = new Option<int>("--limit") { Description = "How many runs, the newest first.", DefaultValueFactory = _ => 20, CustomParser = ParseLimit };
        var command = frame.Create("history", "List the runs of a service, or of one of its syncs.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            var query = string.Create(CultureInfo.InvariantCulture, $"api/v1/runs?limit={result.GetValue(limit)}");
            if (service.Names(result))
            {
                var sync = service.SyncOf(result);
                query += $"&tenant={ServiceClient.Part(sync.Tenant)}&namespace={ServiceClient.Part(sync.Namespace)}&flow={ServiceClient.Part(sync.Flow)}";
            }

            var runs = await client.ListAsync(query, ct);
            // Runs outlive their sync; where there is none of either, the service says so.
            if (runs.Count == 0 && service.Names(result)) await client.GetAsync(PathOf(service, result), ct);
            if (runs.Count == 0) await screen.Errors.WriteLineAsync("There are no runs.");
            Listing.Print(runs, form, screen, r =>
                [Listing.Text(r, "id"), Listing.Text(r, "createdAt"), Listing.Text(r, "state"), Short(Listing.Text(r, "revision")), Listing.Text(r["trigger"], "kind"),
                    $"+{r["counts"]?["added"]} ~{r["counts"]?["updated"]} -{r["counts"]?["deleted"]}", Listing.Text(r, "commitMessage"), Listing.Text(r, "error")]);
            return ExitCodes.Ok;
        });
        service.AddTo(command, withRevision: false);
        command.Options.Add(limit);
        return command;
    }

    private static Command Logs(IReadOnlyList<string> settings)
    {
        var (frame, service, id) = (new CommandFrame(), new ServiceOptions(), RunId());
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the run has ended." };
        var command = frame.Create("logs", "Print the log of a run of a service.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            var path = $"api/v1/runs/{ServiceClient.Part(result.GetValue(id)!)}";
            for (var after = 0L; ;)
            {
                // Asked before the lines: whatever an ended run has said is then among them.
                var ended = ServiceRuns.HasEnded(await client.GetAsync(path, ct));
                var lines = await client.ListAsync(string.Create(CultureInfo.InvariantCulture, $"{path}/events?after={after}"), ct);
                Listing.Print(lines, form, screen, l => [Listing.Text(l, "at"), Listing.Text(l, "level"), Listing.Text(l, "step"), Listing.Text(l, "message")], inLines: true);
                if (lines.Count > 0) after = lines[^1]!["seq"]!.GetValue<long>();
                if (ended || !result.GetValue(follow)) return ExitCodes.Ok;
                await Task.Delay(Pause, ct);
            }
        });
        service.AddTo(command, ofSync: false);
        command.Arguments.Add(id);
        command.Options.Add(follow);
        return command;
    }

    private static Argument<string> RunId() => new("run") { Description = "Its id." };

    private static int ParseLimit(ArgumentResult argument)
    {
        if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0) return count;
        argument.AddError($"--limit: '{argument.Tokens[0].Value}' is no number of runs.");
        return 0;
    }

    internal static string PathOf(ServiceOptions service, ParseResult result) => ServiceClient.PathOf(service.SyncOf(result));

    private static string Short(string commit) => commit[..Math.Min(12, commit.Length)];
}

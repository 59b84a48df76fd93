using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

/// <summary>A small, lively installation, with hostile text wherever others write.</summary>
internal static class DashboardSeed
{
    public const string Hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    public static readonly SyncKey InSync = new("main", "company.team", "sync_from_git");
    public static readonly SyncKey Failing = new("main", "system", "files_prod");
    public static readonly SyncKey Running = new("main", "system", "nightly_push");
    public static readonly SyncKey Broken = new("main", "system", "old_sync");
    public static readonly SyncKey Odd = new("main", "system", "\"><svg onload=alert(1)>");

    public static async Task FillAsync(DashboardHost host)
    {
        host.Catalog =
        [
            Entry(InSync), Entry(Failing, "SyncNamespaceFiles"), Entry(Running, "PushFlows"), BrokenEntry(), Entry(Odd) with { File = "odd.yml" },
        ];
        await host.ReloadAsync();
        host.Scheduler.Next[Failing] = DateTimeOffset.UtcNow.AddMinutes(12);
        await EndedAsync(
            host, InSync, new RunCounts(Added: 2, Updated: 1, Deleted: 1, Unchanged: 211, Skipped: 1), null, Push("main", "Bea"), SomeChanges);
        await EndedAsync(host, Failing, new RunCounts(Unchanged: 12), null, new("schedule", "every_hour"), []);
        await EndedAsync(
            host, Failing, new RunCounts(Invalid: 1),
            "company.prod/nightly is invalid: Kestra says \"Invalid type: io.kestra.plugin.core.log.Lug\". Nothing was written.",
            Push("main", "Carl"), []);
        await EndedAsync(
            host, Odd, new RunCounts(Failed: 1), Hostile, Push(Hostile, Hostile),
            [new("git", "flow", Hostile, Hostile, Hostile, "failed", Hostile)], Hostile);
        host.RunningId = (await StartedAsync(host, Running)).Run.Id;
        await DeliveriesAsync(host);
    }

    public static CatalogEntry Entry(SyncKey key, string type = "SyncFlows")
    {
        var source = $$$"""
            # Keeps company.team as Git has it
            id: {{{key.Flow}}}
            namespace: {{{key.Namespace}}}
            tasks:
              - id: git
                type: io.kestra.plugin.git.{{{type}}}
                url: https://bea:hunter2-typed@github.com/acme/flows
                branch: main
                username: bea
                password: hunter2-typed
                targetNamespace: company.team
                includeChildNamespaces: true
                gitDirectory: flows
            triggers:
              - id: on_push
                type: io.kestra.plugin.core.trigger.Webhook
                key: "{{ secret('WEBHOOK_KEY') }}"
              - id: every_hour
                type: io.kestra.plugin.core.trigger.Schedule
                cron: "0 * * * *"
            """;
        var task = new TaskDeclaration("git", $"io.kestra.plugin.git.{type}", TaskStanding.Runs, new Dictionary<string, PropertyValue>
        {
            ["url"] = Text("https://bea:hunter2-typed@github.com/acme/flows.git"), ["branch"] = Text("main"), ["gitDirectory"] = Text("flows"),
            ["password"] = Text("hunter2-typed"), ["targetNamespace"] = Text("company.team"), ["includeChildNamespaces"] = Text("true"),
        }, 5);
        var definition = new Definition(
            key, $"{key.Flow}.yml", source, null, false, [task], [new("on_push", new("the-key-of-the-hook"), false)],
            [new("every_hour", "0 * * * *", false, "UTC", false)], DefinitionOptions.Default, [], [], FlowValues.Of(key));
        return new($"{key.Flow}.yml", key, definition, []);
    }

    public static async Task<string> EndedAsync(
        DashboardHost host, SyncKey sync, RunCounts counts, string? error, RunTrigger trigger, IReadOnlyList<ChangeRow> changes,
        string message = "Tighten the retry of the nightly load")
    {
        await host.Runs.EnqueueAsync(new(sync, trigger, false, null, TimeSpan.Zero, new Dictionary<string, string>()), false, default);
        var claimed = (await host.Runs.ClaimAsync(sync, "test", TimeSpan.FromMinutes(5), default))!;
        var now = DateTimeOffset.UtcNow;
        await host.Runs.SetRevisionAsync(claimed.Lease, "9f31c2a4d1e58b7f60aa21c3d4e5f60718293a4b", message, trigger.By ?? "Dee", default);
        await host.Runs.AppendAsync(claimed.Run.Id, Lines(now, error ?? "4 written"), default);
        var state = error is null ? RunState.Succeeded : RunState.Failed;
        await host.Runs.FinishAsync(claimed.Lease, new(state, counts, changes, error, error is null ? null : "permanent"), default);
        return claimed.Run.Id;
    }

    /// <summary>A run that ended before it knew its commit.</summary>
    public static async Task FailedEarlyAsync(DashboardHost host, SyncKey sync, string error)
    {
        var claimed = await StartedAsync(host, sync);
        await host.Runs.FinishAsync(claimed.Lease, new(RunState.Failed, new RunCounts(), [], error, "permanent"), default);
    }

    public static async Task<ClaimedRun> StartedAsync(DashboardHost host, SyncKey sync)
    {
        var request = new RunRequest(sync, new("schedule", "every_hour"), false, null, TimeSpan.Zero, new Dictionary<string, string>());
        await host.Runs.EnqueueAsync(request, false, default);
        var claimed = (await host.Runs.ClaimAsync(sync, "test", TimeSpan.FromMinutes(5), default))!;
        await host.Runs.AppendAsync(claimed.Run.Id, Lines(DateTimeOffset.UtcNow, "")[..3], default);
        return claimed;
    }

    private static CatalogEntry BrokenEntry() => new(
        "old/old_sync.yml", Broken, null,
        [
            new("old/old_sync.yml", 6, 5, "SyncFlows has no property gitDirectry.", "Did you mean gitDirectory?"),
            new("old/old_sync.yml", 9, 11, "The cron * * * has 3 fields.", "Give it five: minute, hour, day, month, weekday."),
        ]);

    private static readonly ChangeRow[] SomeChanges =
    [
        new("git", "flow", "company.team", "ingest", "flows/ingest.yml", "added", "new in Git"),
        new(
            "git", "flow", "company.team.reports", "weekly_report_of_everything_that_moved",
            "flows/reports/weekly_report_of_everything_that_moved.yml", "added", "new in Git"),
        new("git", "flow", "company.team", "nightly", "flows/nightly.yml", "updated", "differs from Kestra's revision 14"),
        new("git", "flow", "company.team", "marketing_daily", "flows/marketing_daily.yml", "deleted", "no longer in Git; applied by this sync before"),
        new("log", "task", "", "log", null, "skipped", "io.kestra.plugin.core.log.Log is no git task"),
    ];

    private static RunEvent[] Lines(DateTimeOffset now, string applied) =>
    [
        new(1, now.AddMilliseconds(-900), "info", "received", "push to main, 2 commits"),
        new(2, now.AddMilliseconds(-840), "info", "fetched", "1 commit, 3 files into the cached mirror"),
        new(3, now.AddMilliseconds(-720), "info", "planned", "2 added, 1 updated, 1 deleted, 211 unchanged"),
        new(4, now.AddMilliseconds(-690), "warning", "validated", "3 flows by Kestra 2.0.0; ingest: task type is deprecated"),
        new(5, now.AddMilliseconds(-600), "info", "", "PUT company.team/nightly"),
        new(6, now.AddMilliseconds(-500), "info", "applied", applied),
    ];

    private static RunTrigger Push(string branch, string by) =>
        new("webhook", "on_push", by, "72d3162e-cc78-11e3-81ab-4c9367dc0958", $"refs/heads/{branch}", "9f31c2a4d1e58b7f60aa21c3d4e5f60718293a4b");

    private static async Task DeliveriesAsync(DashboardHost host)
    {
        await Deliver("72d3162e-cc78-11e3-81ab-4c9367dc0958", "push", "refs/heads/main", "ignored", "The same commit was applied by the run before.", 1);
        await Deliver("0aa1fe90-cc77-11e3-9bd2-2b1f3a4c5d6e", "push", "refs/heads/feature/x", "ignored", "This sync watches main.", 2);
        await Deliver("1bb2fe90-cc77-11e3-9bd2-2b1f3a4c5d6e", "ping", null, "pong", null, 0);
        await Deliver("2cc3fe90-cc77-11e3-9bd2-2b1f3a4c5d6e", "push", $"refs/heads/{Hostile}", "ignored", Hostile, 1);
        await Deliver("3dd4fe90-cc77-11e3-9bd2-2b1f3a4c5d6e", "push", "refs/heads/main", "queued", null, 1, run: true);
        await Deliver("4ee5fe90-cc77-11e3-9bd2-2b1f3a4c5d6e", "push", "refs/heads/main", "merged", null, 1, run: true);

        async Task Deliver(string guid, string kind, string? pushed, string outcome, string? reason, int secret, bool run = false)
        {
            var row = new DeliveryRow(
                guid, InSync, "on_push", DateTimeOffset.UtcNow.AddMinutes(-4), kind, null, pushed, "a", "b", "acme/flows", "Carl",
                new Dictionary<string, string>(), 100, "00", secret, outcome, reason, null);
            var trigger = Push("main", "Carl") with { DeliveryId = guid };
            var request = new RunRequest(InSync, trigger, false, null, TimeSpan.FromHours(1), new Dictionary<string, string>());
            await host.Deliveries.AcceptAsync(row, run ? request : null, default);
        }
    }

    private static ScalarValue Text(string text) => new(text, true, 1, 1);
}

using KestraGitHub.Runs;
using KestraGitHub.StandIns.Git;
using KestraGitHub.Storage;

namespace KestraGitHub.Pictures;

/// <summary>What the service itself does at the end of the month: real runs, of which pages show more than a history can make up.</summary>
internal static class Scenes
{
    public const string Ops = "acme/ops.git";

    private const string Flows = "acme/flows.git";
    private const string Marketing = "acme/marketing.git";
    private const string Dbt = "acme/dbt.git";
    private const string FilesOf = "acme/files.git";

    public static void FirstCommits(GitSandbox git)
    {
        git.Commit(Flows, "main", Six("_flows/"), "Six flows of the team");
        git.Commit(Marketing, "main", Enumerable.Range(1, 14).ToDictionary(i => $"_flows/campaign_{i}.yml", i => (SandboxFile)Flow($"campaign_{i}", "company.marketing", "0 9 * * *")));
        git.Commit(Dbt, "main", new Dictionary<string, SandboxFile> { ["_flows/nightly.yml"] = Flow("nightly", "company.data", "0 2 * * *"), ["_flows/docs.yml"] = Flow("docs", "company.data", null) });
        git.Commit(FilesOf, "main", new Dictionary<string, SandboxFile> { ["_files/queries/orders.sql"] = "SELECT 1;\n", ["_files/main.py"] = "print('hello')\n", ["_files/seeds/countries.csv"] = "code,name\nse,Sweden\n" });
        git.Commit(Ops, "main", OfTeams(3), "The first three teams");
        git.Commit("acme/teams.git", "main", new Dictionary<string, SandboxFile> { ["README.md"] = "One folder for each team.\n" });
    }

    public static async Task PlayAsync(House house)
    {
        await house.RunAsync(Files.Flows, by: "bea");
        var (next, kestra) = (Six("_flows/"), house.Kestra.State);
        next.Remove("_flows/flow_6.yml");
        next["_flows/flow_1.yml"] = Flow("flow_1", "company.team", "30 5 * * 1-5", more: "  - id: announce\n    type: io.kestra.plugin.core.log.Log\n    message: The report is ready\n");
        next["_flows/flow_7.yml"] = Flow("flow_7", "company.team", null);
        house.Git.Commit(Flows, "main", next, "Announce the report, and start it earlier");
        await house.RunAsync(Files.Flows, by: "bea");
        await house.RunAsync(Files.Flows, dryRun: true, by: "bea");

        await house.RunAsync(Files.Marketing, by: "carl");
        house.Git.Commit(Marketing, "main", Enumerable.Range(1, 4).ToDictionary(i => $"_flows/campaign_{i}.yml", i => (SandboxFile)Flow($"campaign_{i}", "company.marketing", "0 8 * * *")), "Drop the campaigns of last year");
        await house.RunAsync(Files.Marketing, by: "carl");

        await house.RunAsync(Files.Conflicting, by: "dee");
        kestra.PutFlow(Flow("nightly", "company.data", "30 1 * * *"));
        house.Git.Commit(Dbt, "main", new Dictionary<string, SandboxFile> { ["_flows/nightly.yml"] = Flow("nightly", "company.data", "0 1 * * *"), ["_flows/docs.yml"] = Flow("docs", "company.data", null) }, "Load an hour earlier");
        await house.RunAsync(Files.Conflicting, by: "dee");

        await house.RunAsync(Files.Drifted);
        await AskAsync(house);
        kestra.PutFile("company.prod", "/main.py", "print('edited in the UI, at night')\n");
        kestra.DeleteFile("company.prod", "/seeds/countries.csv");
        kestra.PutFlow(Flow("flow_2", "company.team", "15 4 * * *"));
        foreach (var sync in (Definitions.SyncKey[])[Files.Drifted, Files.Flows]) await house.Service<DriftCheck>().RunAsync(sync, default);

        await house.Service<PauseDesk>().SuspendAsync(Files.Suspended, "release freeze until Monday", "ann", DateTimeOffset.UtcNow.AddDays(3), default);
        await GoingOnAsync(house);
    }

    /// <summary>A day of definitions that come from Git: one commit with a fault, and one that somebody goes back from.</summary>
    public static async Task DefineAsync(House house)
    {
        var pull = house.Service<DefinitionsPull>();
        var good = await CommittedAsync(OfTeams(5), "Two more teams");
        var bad = OfTeams(6);
        bad["kestra/people.yml"] = "id: sync_flows\nnamespace: company.people\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.SyncFlows\n    gitDirectry: people\n";
        await CommittedAsync(bad, "People: <b>their own directory</b>");
        await CommittedAsync(OfTeams(12), "Everybody else");
        await pull.RollBackAsync(good, "dee", default);
        await CommittedAsync(OfTeams(11), "Without the team that was dissolved");

        async Task<string> CommittedAsync(Dictionary<string, SandboxFile> files, string message)
        {
            var commit = house.Git.Commit(Ops, "main", files, message);
            await pull.PullAsync(default);
            return commit;
        }
    }

    private static Dictionary<string, SandboxFile> OfTeams(int teams) =>
        Files.All().Where(f => f.File.StartsWith("teams/", StringComparison.Ordinal)).Take(teams).ToDictionary(f => "kestra/" + f.File["teams/company.".Length..], f => (SandboxFile)f.Text);

    /// <summary>What people asked for, as the audit has it.</summary>
    private static async Task AskAsync(House house)
    {
        var audit = house.Service<AuditStore>();
        var run = (await house.Service<RunStore>().LatestAsync(Files.Flows, default)).Last!.Id;
        (string Actor, string Role, string Way, string Action, Definitions.SyncKey Sync, string? Run, string? Detail, int Status, int Minutes)[] rows =
        [
            ("dee", "operator", "page", "rollback", Files.RolledBack, null, "the weekly report counted returns twice", 303, 9000), ("ci", "operator", "api", "run", Files.Flows, run, null, 202, 700),
            ("ci", "operator", "api", "run", Files.Failing, null, "forced", 202, 640), ("viewer token 3", "viewer", "page", "suspend", Files.Suspended, null, "<script>alert('owned')</script>", 403, 52),
            ("ann", "admin", "page", "suspend", Files.Suspended, null, "release freeze until Monday", 303, 50), ("bea", "operator", "page", "run", Files.Flows, run, "dry run", 303, 4),
            ("carl", "operator", "page", "approve", Files.Marketing, null, null, 409, 3),
        ];
        foreach (var (actor, role, way, action, sync, of, detail, status, minutes) in rows)
            await audit.AddAsync(new AuditRow(DateTimeOffset.UtcNow.AddMinutes(-minutes), actor, role, way, action, sync, of, detail, status), default);
    }

    /// <summary>A run that another node holds: it goes on for as long as the pictures take.</summary>
    private static async Task GoingOnAsync(House house)
    {
        var runs = house.Service<RunStore>();
        var request = new RunRequest(Files.Pushing, new RunTrigger("schedule", "nightly"), false, null, TimeSpan.Zero, new Dictionary<string, string>());
        var run = await runs.EnqueueAsync(request, merge: false, default);
        var claimed = await runs.ClaimAsync(Files.Pushing, "node-b", TimeSpan.FromHours(2), default) ?? throw new InvalidOperationException("The run was taken by the service itself.");
        await runs.SetRevisionAsync(claimed.Lease, "1be40c3aa9021f77ab901c01d77e9f31c2a4d1e5", "Flows of company.ui from Kestra", "kestra-github", default);
        var now = DateTimeOffset.UtcNow;
        await runs.AppendAsync(
            run.Id,
            [new(1, now.AddSeconds(-9), "info", "received", "schedule nightly"), new(2, now.AddSeconds(-8), "info", "fetched", "the branch main into the cached mirror"), new(3, now.AddSeconds(-5), "info", "planned", "41 of 60 flows differ")],
            default);
    }

    private static Dictionary<string, SandboxFile> Six(string folder) =>
        Enumerable.Range(1, 6).ToDictionary(i => $"{folder}flow_{i}.yml", i => (SandboxFile)Flow($"flow_{i}", "company.team", i % 2 == 0 ? $"0 {i} * * *" : null));

    private static string Flow(string id, string space, string? cron, string more = "") =>
        $"id: {id}\nnamespace: {space}\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: Hello from {id}\n{more}" +
        (cron is null ? "" : $"triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: \"{cron}\"\n");
}

using System.Net;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>What a flow file can hold beside one task, and what becomes of it while it changes.</summary>
public sealed class DefinitionShapeTests
{
    private const string Log = "  - {id: say, type: io.kestra.plugin.core.log.Log, message: hi}\n";

    private static async Task<SyncCase> StartAsync()
    {
        var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a"), ["_files/f.txt"] = "f", ["other/a.yaml"] = SyncCase.Flow("a", message: "other"), ["more/b.yaml"] = SyncCase.Flow("b") });
        return one;
    }

    [Fact]
    public async Task Several_tasks_of_one_flow_run_together_and_others_are_listed_as_skipped()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(Log + one.Task("namespace: prod", "SyncNamespaceFiles", "files") + one.Task("targetNamespace: prod") + one.Task("disabled: true\ntargetNamespace: prod\ngitDirectory: other", id: "off"));
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("added prod/a, added prod/f.txt", run.Written);
        Assert.Equal(["system/off"], run.Rows.Where(r => r.Action == "skipped").Select(r => r.Key));
        Assert.Contains("say: hi", await one.LogAsync(run), StringComparison.Ordinal);
        var again = (await one.RunAsync()).Succeeded();
        Assert.Equal(("", 2), (again.Written, again.Count("unchanged")));
    }

    [Fact]
    public async Task A_clone_beside_a_sync_is_made_ready_where_it_is_served()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(one.Task("targetNamespace: prod") + one.Task("directory: here", "Clone", "code"));
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("added prod/a", run.Written);
        Assert.Contains("/code.tar.gz", await one.LogAsync(run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_tasks_that_want_different_things_of_one_flow_are_refused_also_when_one_of_them_did_not_move()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(one.Task("targetNamespace: prod", id: "one") + one.Task("targetNamespace: prod\ngitDirectory: other", id: "two"));
        (await one.RunAsync()).Failed("one", "two", "prod/a", "nothing was written");
        await one.DefineAsync(one.Task("targetNamespace: prod", id: "one"));
        (await one.RunAsync()).Succeeded();
        await one.DefineAsync(one.Task("targetNamespace: prod", id: "one") + one.Task("targetNamespace: prod\ngitDirectory: more\ndelete: true", id: "two"));
        (await one.RunAsync()).Failed("one", "two", "prod/a", "nothing was written");
        Assert.Equal(["prod/a"], one.Flows.Keys);
    }

    [Fact]
    public async Task A_disabled_flow_writes_nothing_and_still_answers_a_dry_run()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(one.Task("targetNamespace: prod"), "disabled: true\ntriggers:\n  - {id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: \"* * * * * *\", withSeconds: true}\n"
            + "  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: abcdef}\n");
        using var asked = await one.AskAsync();
        Assert.Equal(HttpStatusCode.Conflict, asked.StatusCode);
        Assert.Contains("disabled", await asked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("added prod/a", (await one.RunAsync(dryRun: true)).Succeeded().Written);
        using var pushed = await GitHubHook.PushAsync(one.Service.Http, $"/webhook/main/system/{one.Name}/abcdef");
        Assert.True(pushed.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{pushed.StatusCode}");
        await Task.Delay(1500);
        Assert.Empty(one.Flows);
    }

    [Fact]
    public async Task A_run_can_be_asked_for_an_older_commit_a_tag_or_another_branch()
    {
        await using var one = await SyncCase.StartAsync();
        string Commit(string message, string branch = "main", bool orphan = false) => one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a", message: message) }, branch, orphan);
        var old = Commit("one");
        GitSandbox.Run(one.Git.PathOf(one.Repository), ["tag", "v1", old]);
        Commit("two");
        Commit("three", "feature", orphan: true);
        await one.DefineAsync(one.Task("targetNamespace: prod"));
        foreach (var (revision, expected) in new[] { (null, "two"), (old, "one"), ("feature", "three"), ("v1", "one"), (null, "two"), (old[..10], "one") })
        {
            (await one.RunAsync(revision: revision)).Succeeded();
            Assert.Contains($"message: {expected}", one.Flows["prod/a"], StringComparison.Ordinal);
        }

        (await one.RunAsync(revision: "nowhere")).Failed("nowhere");
        (await one.RunAsync(revision: new string('0', 39) + "1")).Failed("0001");
        foreach (var bad in new[] { "-x", "a..b", "HEAD^", "a b", "@{1}" })
        {
            using var refused = await one.AskAsync(revision: bad);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_definition_that_changes_while_it_runs_counts_from_the_next_run_on()
    {
        await using var one = await StartAsync();
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 2500, PathContains = "/flows/search", Count = 1 });
        await one.DefineAsync(one.Task("targetNamespace: prod"));
        var running = one.RunAsync();
        await Wait.UntilAsync(() => Task.FromResult(one.Kestra.Faults.Struck > 0), TimeSpan.FromSeconds(60), () => "it never asked Kestra");
        await one.DefineAsync(one.Task("targetNamespace: prod\ngitDirectory: more\ndelete: true"));
        Assert.Equal("added prod/a", (await running).Succeeded().Written);
        Assert.Equal("added prod/b, deleted prod/a", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task A_definition_that_breaks_leaves_its_last_good_version_in_force_and_says_so()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(one.Task("targetNamespace: prod"));
        one.Write($"id: {one.Name}\nnamespace: system\ntasks:\n  - id: sync\n    type: io.kestra.plugin.git.SyncFlows\n    targetNamespace: [\n");
        await Wait.UntilAsync(async () => (await one.ViewAsync())!["faults"]!.AsArray().Count > 0, TimeSpan.FromSeconds(30), () => "the fault was never told");
        Assert.Equal("added prod/a", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task A_secret_that_is_missing_is_named_and_nothing_is_asked_of_anyone()
    {
        await using var one = await StartAsync();
        one.Write($"id: {one.Name}\nnamespace: system\ntasks:\n" + one.Task("targetNamespace: prod\nusername: x\npassword: \"{{ secret('NOT_THERE') }}\""));
        await Wait.UntilAsync(async () => await one.ViewAsync() is not null, TimeSpan.FromSeconds(30), () => "it was never listed");
        using var asked = await one.AskAsync();
        var said = asked.StatusCode == HttpStatusCode.Accepted ? (await one.RunAsync()).Failed().Error : await asked.Content.ReadAsStringAsync();
        Assert.Contains("NOT_THERE", said, StringComparison.Ordinal);
        Assert.Contains("SECRET_NOT_THERE", said + (await one.ViewAsync())!.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(one.Kestra.Calls);
    }

    [Fact]
    public async Task A_schedule_of_seconds_fires_and_one_that_was_missed_runs_once_after_the_start()
    {
        var shop = await Workshop.SharedAsync();
        await using var service = new ServiceProcess(Directory.CreateDirectory(Path.Combine(shop.Git.Root, "scheduled")).FullName, Workshop.Settings());
        await service.StartAsync();
        await using var one = await SyncCase.StartAsync(service: service);
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a") });
        await one.DefineAsync(one.Task("targetNamespace: prod"), "triggers:\n  - {id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: \"*/1 * * * * *\", withSeconds: true}\n");
        await Wait.UntilAsync(() => Task.FromResult(one.Flows.Count == 1), TimeSpan.FromSeconds(30), () => $"the schedule did not fire:\n{service.Output}");
        await Wait.UntilAsync(async () => (await one.ViewAsync())!["lastRun"] is not null, TimeSpan.FromSeconds(30), () => "no run has ended");
        Assert.Equal("schedule", (await one.ViewAsync())!["lastRun"]?["trigger"]?["kind"]?.GetValue<string>());

        // What fell into the time it was down is caught up, and once only, however many moments there were.
        await service.StopAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/b.yaml"] = SyncCase.Flow("b") });
        await Task.Delay(2500);
        one.Kestra.ClearCalls();
        await service.StartAsync();
        await Wait.UntilAsync(() => Task.FromResult(one.Flows.Count == 2), TimeSpan.FromSeconds(30), () => $"the missed run did not come:\n{service.Output}");
        Assert.Single(service.Output.Split('\n'), l => l.Contains("while the service was down", StringComparison.Ordinal));
    }
}

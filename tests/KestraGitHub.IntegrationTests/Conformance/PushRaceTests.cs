using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>Pushes beside those of others, pushes that are refused, and pushes that come back.</summary>
public sealed class PushRaceTests(ITestOutputHelper output)
{
    /// <summary>How often each of eight syncs pushes; <c>tests/endurance.sh --pushes 50</c> has them push more often.</summary>
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("KESTRA_GITHUB_PUSHES") ?? "5", CultureInfo.InvariantCulture);

    private const string Dev = "sourceNamespace: dev\n";

    /// <summary>Before a push is taken somebody else's commit arrives, as often as <paramref name="times"/> says.</summary>
    private const string Overtaken =
        """
        #!/bin/sh
        unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
        n=$(cat count 2>/dev/null || echo 0); echo $((n + 1)) > count
        [ $n -lt TIMES ] || exit 0
        export GIT_AUTHOR_NAME=T GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=T GIT_COMMITTER_EMAIL=t@example.org GIT_INDEX_FILE=theirs
        git read-tree refs/heads/main
        git update-index --add --cacheinfo 100644,$(printf $n | git hash-object -w --stdin),theirs$n.txt
        git update-ref refs/heads/main $(git commit-tree $(git write-tree) -p refs/heads/main -m theirs)

        """;

    private static void Hook(SyncCase one, string script)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(one.Git.PathOf(one.Repository), "hooks")).FullName, "pre-receive");
        File.WriteAllText(file, script.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
    }

    private static async Task<SyncCase> StartAsync(params string[] ids)
    {
        var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "r" });
        foreach (var id in ids) one.Kestra.State.PutFlow(SyncCase.Flow(id, "dev"));
        return one;
    }

    [Fact]
    public async Task A_branch_that_moves_during_the_push_is_planned_for_anew_and_nothing_of_it_is_lost()
    {
        await using var one = await StartAsync("a");
        Hook(one, Overtaken.Replace("TIMES", "2", StringComparison.Ordinal));
        var run = (await one.SyncAsync(Dev, "PushFlows")).Succeeded();
        Assert.Equal("added dev/a", run.Written);
        Assert.Equal(["README.md", "_flows/a.yml", "theirs0.txt", "theirs1.txt"], one.Files().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(4, one.Log().Count);
        Assert.Equal(1, run.Attempt);
    }

    [Fact]
    public async Task After_five_more_tries_it_is_an_error()
    {
        await using var one = await StartAsync("a");
        Hook(one, Overtaken.Replace("TIMES", "100", StringComparison.Ordinal));
        (await one.SyncAsync(Dev, "PushFlows")).Failed("moved meanwhile", "main");
        Assert.Equal(6, one.Files().Keys.Count(f => f.StartsWith("theirs", StringComparison.Ordinal)));
        Assert.DoesNotContain("_flows/a.yml", one.Files().Keys);
    }

    [Fact]
    public async Task A_push_that_the_server_refuses_fails_with_its_words()
    {
        await using var one = await StartAsync("a");
        Hook(one, "#!/bin/sh\necho 'GH006: Protected branch update failed for main.' >&2\nexit 1\n");
        var run = (await one.SyncAsync(Dev, "PushFlows")).Failed("GH006: Protected branch update failed for main.", "rejected by the server");
        Assert.Equal(("", "not reached: would have been added"), (run.Written, run.Of("_flows/a.yml").Reason));
        Assert.Single(one.Log());
    }

    [Fact]
    public async Task Eight_syncs_push_to_one_branch_at_once_and_no_commit_is_lost()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SyncCase.StartAsync()));
        var place = all[0];
        place.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "r" });
        await Task.WhenAll(all.Select(one => one.DefineAsync(
            one.Task($"namespace: dev\ngitDirectory: {one.Name}", "PushNamespaceFiles").Replace(one.RepositoryUrl, place.RepositoryUrl, StringComparison.Ordinal))));
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var one in all) one.Kestra.State.PutFile("dev", $"/f{round}.txt", $"{one.Name} {round}");
            foreach (var run in await Task.WhenAll(all.Select(one => one.RunAsync()))) run.Succeeded();
        }

        output.WriteLine($"8 syncs, {Rounds} pushes each to one branch: {watch.Elapsed.TotalSeconds:0.0} s, {8 * Rounds / watch.Elapsed.TotalSeconds:0.0} pushes a second");
        var (files, log) = (place.Files(), place.Log());
        foreach (var one in all)
        {
            for (var round = 0; round < Rounds; round++) Assert.Equal($"{one.Name} {round}", files[$"{one.Name}/f{round}.txt"]);
            Assert.Equal(Rounds, log.Count(c => c.Message.Contains($"Kestra-Sync: main/system/{one.Name}\n", StringComparison.Ordinal)));
        }

        Assert.Equal((1 + (8 * Rounds), 1 + (8 * Rounds)), (log.Count, files.Count));
        foreach (var one in all) await one.DisposeAsync();
    }

    [Fact]
    public async Task A_push_of_our_own_that_comes_back_starts_no_run_and_any_other_way_to_that_commit_does()
    {
        await using var one = await StartAsync("a");
        await using var other = await SyncCase.StartAsync();
        const string Trigger = "triggers:\n  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: abcdef}\n";
        await one.DefineAsync(one.Task(Dev, "PushFlows"), Trigger);
        await other.DefineAsync(other.Task("targetNamespace: dev").Replace(other.RepositoryUrl, one.RepositoryUrl, StringComparison.Ordinal), Trigger);
        var before = one.Log()[0].Id;
        var after = (await one.RunAsync()).Succeeded().Json["revision"]!.GetValue<string>();

        var own = await PushedAsync(one, before, after);
        Assert.Equal("ignored", own["status"]!.GetValue<string>());
        Assert.Contains("own commit", own["reason"]!.GetValue<string>(), StringComparison.OrdinalIgnoreCase);
        var recorded = (await one.Service.Http.GetFromJsonAsync<JsonNode>("/api/v1/deliveries?limit=500"))!["items"]!.AsArray().First(d => d!["sync"]!.ToJsonString().Contains(one.Name, StringComparison.Ordinal));
        Assert.Contains("own commit", recorded!.ToJsonString(), StringComparison.OrdinalIgnoreCase);

        // Somebody set the branch back to it: that is news. And to another sync it always is.
        Assert.Equal("queued", (await PushedAsync(one, new string('3', 40), after))["status"]!.GetValue<string>());
        var run = await PushedAsync(other, before, after);
        Assert.Equal("added dev/a", (await other.EndAsync(run["runId"]!.GetValue<string>())).Succeeded().Written);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_syncs_of_opposite_directions_settle_after_one_round(bool gitFirst)
    {
        await using var one = await StartAsync("both", "kestra");
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/both.yaml"] = SyncCase.Flow("both", "dev", "of git") + "\n\n", ["_flows/git.yaml"] = SyncCase.Flow("git", "dev").Replace("\n", "\r\n", StringComparison.Ordinal) });
        var sync = one.Task("targetNamespace: dev", id: "in");
        var push = one.Task(Dev + "delete: false", "PushFlows", "out");
        await one.DefineAsync(gitFirst ? sync + push : push + sync);
        (await one.RunAsync()).Succeeded();
        Assert.Equal(["_flows/both.yaml", "_flows/git.yaml", "_flows/kestra.yml"], one.Files().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["dev/both", "dev/git", "dev/kestra"], one.Flows.Keys.Order(StringComparer.Ordinal));
        Assert.Contains(gitFirst ? "of git" : "n0 # keep", one.Files()["_flows/both.yaml"], StringComparison.Ordinal);
        Assert.Equal(one.Files()["_flows/both.yaml"].TrimEnd(), one.Flows["dev/both"]);
        var commits = one.Log();
        Assert.Equal(("", ""), ((await one.RunAsync()).Succeeded().Written, (await one.RunAsync()).Succeeded().Written));
        Assert.Equal(commits, one.Log());
    }

    private static async Task<JsonNode> PushedAsync(SyncCase one, string before, string after)
    {
        var body = new JsonObject
        {
            ["ref"] = "refs/heads/main", ["before"] = before, ["after"] = after, ["created"] = false, ["deleted"] = false, ["forced"] = false,
            ["commits"] = new JsonArray(), ["repository"] = new JsonObject { ["full_name"] = "acme/flows" }, ["sender"] = new JsonObject { ["login"] = "bea" },
        };
        using var answer = await GitHubHook.SendAsync(
            one.Service.Http, $"/webhook/main/system/{one.Name}/abcdef", "push", Encoding.UTF8.GetBytes(body.ToJsonString()), Guid.NewGuid().ToString(), ServiceProcess.WebhookSecret);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}

using System.Net;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>A sync goes back to an earlier run or commit, and nothing that runs by itself fights it.</summary>
public sealed class RollbackTests
{
    private const string Task = "targetNamespace: prod\ngitDirectory: _flows";
    private const string Hook = "triggers:\n  - {id: push, type: io.kestra.plugin.core.trigger.Webhook, key: of-this-test}\nx-kestra-github: {debounce: PT0S}\n";

    private static Dictionary<string, SandboxFile> Version(string message) => new() { ["_flows/a.yaml"] = SyncCase.Flow("a", message: message) };

    private static string Held(SyncCase one) => one.Flows["prod/a"].Split("message: ")[1];

    private static async Task<Run> PushAsync(SyncCase one)
    {
        using var answer = await GitHubHook.PushAsync(one.Service.Http, $"/webhook/main/{one.Namespace}/{one.Name}/of-this-test");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var json = System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return await one.EndAsync(json["runId"]!.GetValue<string>());
    }

    private static async Task<Run> RollBackAsync(SyncCase one, object to)
    {
        var (status, answer) = await one.SayAsync("rollback", to);
        Assert.True(status == HttpStatusCode.Accepted, answer.ToJsonString());
        return (await one.EndAsync(answer["id"]!.GetValue<string>())).Succeeded();
    }

    /// <summary>The first version was applied, then a bad one.</summary>
    private static async Task<(SyncCase Case, Run Good, string Bad)> TwiceAsync()
    {
        var one = await SyncCase.HoldingAsync(Version("good"), []);
        await one.DefineAsync(one.Task(Task), Hook);
        var good = (await one.RunAsync()).Succeeded();
        var bad = one.Commit(Version("bad"));
        (await one.RunAsync()).Succeeded();
        Assert.Equal("bad", Held(one));
        return (one, good, bad);
    }

    [Fact]
    public async Task What_it_was_rolled_back_from_is_held_until_a_newer_commit_comes()
    {
        var (one, good, bad) = await TwiceAsync();
        await using var _ = one;
        await RollBackAsync(one, new { run = good.Id, reason = "it broke the night run" });
        Assert.Equal("good", Held(one));
        var hold = (await one.ViewAsync())!["hold"]!;
        Assert.Equal((bad, "it broke the night run"), (hold["commit"]!.GetValue<string>(), hold["reason"]!.GetValue<string>()));
        Assert.NotEmpty(hold["by"]!.GetValue<string>());

        var pushed = (await PushAsync(one)).Succeeded();
        Assert.Equal("", pushed.Written);
        Assert.Contains($"Commit {bad[..7]} is held since the rollback by", await one.LogAsync(pushed), StringComparison.Ordinal);
        (await one.RunAsync()).Failed("is held since the rollback", "release", "force");
        Assert.Equal("good", Held(one));

        one.Commit(Version("mended"));
        (await PushAsync(one)).Succeeded();
        Assert.Equal("mended", Held(one));
        Assert.Null((await one.ViewAsync())!["hold"]);
    }

    [Fact]
    public async Task A_rollback_that_never_began_holds_nothing()
    {
        var (one, _, _) = await TwiceAsync();
        await using var _ = one;
        var (_, answer) = await one.SayAsync("rollback", new { revision = "nope" });
        (await one.EndAsync(answer["id"]!.GetValue<string>())).Failed("nope");
        Assert.Null((await one.ViewAsync())!["hold"]);
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task A_person_may_release_or_force_what_is_held()
    {
        var (one, good, _) = await TwiceAsync();
        await using var one1 = one;
        await RollBackAsync(one, new { revision = good.Json["revision"]!.GetValue<string>() });
        Assert.Equal(HttpStatusCode.OK, (await one.SayAsync("release", new { })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await one.SayAsync("release", new { })).Status);
        Assert.Equal("updated prod/a", (await PushAsync(one)).Succeeded().Written);
        Assert.Equal("bad", Held(one));

        await RollBackAsync(one, new { run = good.Id });
        Assert.Equal("updated prod/a", (await one.RunAsync(force: true)).Succeeded().Written);
        Assert.Null((await one.ViewAsync())!["hold"]);
    }

    [Fact]
    public async Task What_cannot_be_wanted_again_is_refused()
    {
        var (one, good, _) = await TwiceAsync();
        await using var one1 = one;
        Assert.Equal(HttpStatusCode.BadRequest, (await one.SayAsync("rollback", new { })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await one.SayAsync("rollback", new { run = good.Id, revision = "main" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await one.SayAsync("rollback", new { run = new string('0', 32) })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await one.SayAsync("rollback", new { run = (await one.RunAsync(dryRun: true)).Id })).Status);

        // A commit that is not there holds nothing.
        var (_, answer) = await one.SayAsync("rollback", new { revision = "0123456789" });
        (await one.EndAsync(answer["id"]!.GetValue<string>())).Failed("0123456789");
        one.Commit(Version("next"));
        Assert.Equal("updated prod/a", (await PushAsync(one)).Succeeded().Written);
    }
}

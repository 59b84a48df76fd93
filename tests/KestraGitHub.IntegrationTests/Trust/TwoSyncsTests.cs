using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>Two syncs may hold one object while they want the same of it.</summary>
public sealed class TwoSyncsTests
{
    private static string Flow(string id, string message = "n0 # keep") => SyncCase.Flow(id, message: message);

    private static string Place(SyncCase of, string directory, string more = "") => of.Task($"targetNamespace: prod\ngitDirectory: {directory}\n{more}");

    [Fact]
    public async Task Who_wants_other_content_than_the_other_is_refused_and_both_are_named()
    {
        await using var one = await SyncCase.HoldingAsync(
            new() { ["_a/x.yaml"] = Flow("x"), ["_b/x.yaml"] = Flow("x", "other"), ["_same/x.yaml"] = Flow("x") }, []);
        await using var two = await SyncCase.StartAsync();
        await using var three = await SyncCase.StartAsync();
        await one.DefineAsync(Place(one, "_a"));
        (await one.RunAsync()).Succeeded();
        await three.DefineAsync(Place(one, "_same"));
        Assert.Equal("", (await three.RunAsync()).Succeeded().Written);

        await two.DefineAsync(Place(one, "_b"));
        (await two.RunAsync()).Failed("flow prod/x", one.Name, two.Name, "nothing was written");
        (await two.RunAsync(dryRun: true)).Failed(one.Name, two.Name);
        Assert.Equal(Flow("x").TrimEnd(), one.Flows["prod/x"]);
    }

    [Fact]
    public async Task Who_would_delete_what_the_other_wants_is_refused_until_the_other_is_gone()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["_a/x.yaml"] = Flow("x"), ["_b/y.yaml"] = Flow("y") }, []);
        await using var two = await SyncCase.StartAsync();
        await one.DefineAsync(Place(one, "_a"));
        (await one.RunAsync()).Succeeded();
        await two.DefineAsync(Place(one, "_b", "delete: true"));
        (await two.RunAsync()).Failed("flow prod/x", "deleted", one.Name, two.Name, "nothing was written");
        Assert.Equal(["prod/x"], one.Flows.Keys);

        var definition = Path.Combine(one.Service.DefinitionsPath, one.Name + ".yaml");
        File.Delete(definition);
        await EndToEnd.Wait.UntilAsync(async () => await one.ViewAsync() is null, TimeSpan.FromSeconds(60), () => "the definition stayed");
        Assert.Equal("added prod/y, deleted prod/x", (await two.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task What_a_sync_no_longer_has_it_no_longer_holds()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["_a/x.yaml"] = Flow("x"), ["_a/y.yaml"] = Flow("y"), ["_b/x.yaml"] = Flow("x", "other") }, []);
        await using var two = await SyncCase.StartAsync();
        await one.DefineAsync(Place(one, "_a"));
        await two.DefineAsync(Place(one, "_b"));
        (await one.RunAsync()).Succeeded();
        (await two.RunAsync()).Failed(one.Name);
        one.Commit(new Dictionary<string, SandboxFile> { ["_a/y.yaml"] = Flow("y"), ["_b/x.yaml"] = Flow("x", "other") });
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal("updated prod/x", (await two.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task Two_syncs_of_one_file_follow_it_together()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["_a/x.yaml"] = Flow("x") }, []);
        await using var two = await SyncCase.StartAsync();
        await one.DefineAsync(Place(one, "_a"));
        await two.DefineAsync(Place(one, "_a"));
        (await one.RunAsync()).Succeeded();
        (await two.RunAsync()).Succeeded();
        foreach (var message in new[] { "second", "third" })
        {
            one.Commit(new Dictionary<string, SandboxFile> { ["_a/x.yaml"] = Flow("x", message) });
            Assert.Equal("updated prod/x", (await one.RunAsync()).Succeeded().Written);
        }

        Assert.Equal("", (await two.RunAsync()).Succeeded().Written);
    }
}

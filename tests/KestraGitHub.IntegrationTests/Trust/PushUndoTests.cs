using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>What a run pushed is taken back by one more commit; history is never rewritten.</summary>
public sealed class PushUndoTests
{
    private const string Push = "sourceNamespace: prod\ntargetNamespace: prod\ngitDirectory: out\nflows: \"**\"\ncommitMessage: push";

    [Fact]
    public async Task An_undo_of_a_push_is_a_commit_that_gives_the_old_bytes_back_and_leaves_what_others_committed()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["readme.md"] = "# ours\r\n", ["out/u.yml"] = SyncCase.Flow("u", message: "old") + "\n\n", ["out/v.yml"] = SyncCase.Flow("v", message: "old"), ["out/w.yml"] = "id: [broken" });
        var before = one.Blobs("main");
        foreach (var id in new[] { "n", "u", "v", "w" }) one.Kestra.State.PutFlow(SyncCase.Flow(id, message: "new"));
        var push = (await one.SyncAsync(Push, "PushFlows")).Succeeded();
        Assert.Equal(4, push.Count("added") + push.Count("updated"));
        var files = one.Git.Files(one.Repository, "main").ToDictionary(f => f.Key, f => (SandboxFile)f.Value.Text);
        files["out/v.yml"] = SyncCase.Flow("v", message: "theirs");
        one.Commit(files);

        using var asked = await one.Service.Http.PostAsync($"/api/v1/runs/{push.Json["id"]}/undo", null);
        var undo = (await one.EndAsync((await asked.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>())).Succeeded();
        Assert.Equal("deleted prod/n, updated prod/u, updated prod/w", undo.Written);
        Assert.Equal(1, undo.Count("conflict"));
        var after = one.Blobs("main");
        Assert.Equal((before["main:out/u.yml"], before["main:readme.md"]), (after["main:out/u.yml"], after["main:readme.md"]));
        Assert.Equal("id: [broken", one.Files()["out/w.yml"]);
        Assert.DoesNotContain("main:out/n.yml", after.Keys);
        Assert.Contains("theirs", one.Files()["out/v.yml"], StringComparison.Ordinal);
        Assert.StartsWith($"Undo run {push.Json["id"]}", one.Log()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_was_pushed_stands_when_the_run_fails_later_and_the_run_names_it()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a", "other"), ["_flows/b.yaml"] = SyncCase.Flow("b", "other") });
        one.Kestra.State.PutFlow(SyncCase.Flow("n"));
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 403, Method = "POST", PathContains = "/api/v1/main/flows", After = 2 });
        await one.DefineAsync(one.Task(Push, "PushFlows", "push") + one.Task("targetNamespace: other", id: "pull"));
        var run = (await one.RunAsync()).Failed("403", "Everything was put back.", "was pushed to refs/heads/main of", "and stands.");
        Assert.Contains("out/n.yml", one.Files().Keys);
        Assert.Equal(["prod/n"], one.Flows.Keys);
        Assert.Equal("added prod/n", run.Written);
    }
}

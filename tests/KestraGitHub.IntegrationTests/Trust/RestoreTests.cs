using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>A run that is over can be taken back, and what it deleted can be had back, byte for byte.</summary>
public sealed class RestoreTests
{
    private static readonly string OldFlow = SyncCase.Flow("u", message: "by hand # keep") + "\n\n";

    private static async Task<(SyncCase One, Run Run, byte[] Large)> ChangedAsync(string version)
    {
        var large = RandomNumberGenerator.GetBytes((2 << 20) + 777);
        var one = await SyncCase.StartAsync(version);
        one.Kestra.State.PutFlow(OldFlow);
        one.Kestra.State.PutFlow(SyncCase.Flow("d"));
        one.Kestra.State.PutFile("prod", "/big/large.bin", large);
        one.Kestra.State.PutFile("prod", "/gone.bin", [0, 13, 10, 255]);
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/n.yaml"] = SyncCase.Flow("n"), ["_flows/u.yaml"] = SyncCase.Flow("u", message: "new"), ["_files/big/large.bin"] = "small now" });
        await one.DefineAsync(
            one.Task("targetNamespace: prod\ndelete: true", id: "flows") + one.Task("namespace: prod\ndelete: true", "SyncNamespaceFiles", "files"));
        return (one, (await one.RunAsync()).Succeeded(), large);
    }

    private static async Task<Run> AskAsync(SyncCase one, Run of, string how, object? body = null)
    {
        using var answer = await one.Service.Http.PostAsJsonAsync($"/api/v1/runs/{of.Json["id"]}/{how}", body ?? new { });
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        var run = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((how, of.Json["id"]!.GetValue<string>()), (run["trigger"]!["kind"]!.GetValue<string>(), run["undoOf"]!.GetValue<string>()));
        return await one.EndAsync(run["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task An_undo_gives_the_exact_bytes_back_of_flows_and_of_large_files(string version)
    {
        var (one, first, large) = await ChangedAsync(version);
        await using var _ = one;
        Assert.Equal("added prod/n, deleted prod/d, deleted prod/gone.bin, updated prod/big/large.bin, updated prod/u", first.Written);
        var undo = (await AskAsync(one, first, "undo")).Succeeded();
        Assert.Equal("added prod/d, added prod/gone.bin, deleted prod/n, updated prod/big/large.bin, updated prod/u", undo.Written);
        Assert.Equal(OldFlow, one.Kestra.State.GetFlow("prod", "u")!.Source);
        Assert.Equal(large, one.Kestra.State.GetFile("prod", "/big/large.bin"));
        Assert.Equal([0, 13, 10, 255], one.Kestra.State.GetFile("prod", "/gone.bin"));
        Assert.False(one.Flows.ContainsKey("prod/n"));
        Assert.Contains("Git still wants what run", await one.LogAsync(undo), StringComparison.Ordinal);
        Assert.Equal("outOfDate", (await one.ViewAsync())!["state"]!.GetValue<string>());

        // Once more there is nothing to do, and the next run of the sync writes what Git wants.
        Assert.Equal("", (await AskAsync(one, first, "undo")).Succeeded().Written);
        Assert.Equal(first.Written, (await one.RunAsync()).Succeeded().Written);
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task A_restore_brings_back_one_object_or_all_that_was_deleted_and_leaves_what_exists_again()
    {
        var (one, first, _) = await ChangedAsync("2.0");
        await using var __ = one;
        var some = (await AskAsync(one, first, "restore", new { objects = new[] { "file prod/gone.bin" } })).Succeeded();
        Assert.Equal("added prod/gone.bin", some.Written);
        Assert.Equal([0, 13, 10, 255], one.Kestra.State.GetFile("prod", "/gone.bin"));

        one.Kestra.State.PutFlow(SyncCase.Flow("d", message: "made anew"));
        var rest = (await AskAsync(one, first, "restore")).Succeeded();
        Assert.Equal(("", 1, 1), (rest.Written, rest.Count("conflict"), rest.Count("unchanged")));
        Assert.Contains("made anew", one.Flows["prod/d"], StringComparison.Ordinal);
        Assert.Contains("message: new", one.Flows["prod/u"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_leaves_what_somebody_changed_since()
    {
        var (one, first, _) = await ChangedAsync("2.0");
        await using var __ = one;
        one.Kestra.State.PutFlow(SyncCase.Flow("u", message: "theirs"));
        var undo = (await AskAsync(one, first, "undo")).Succeeded();
        Assert.Equal(1, undo.Count("conflict"));
        Assert.Contains("theirs", one.Flows["prod/u"], StringComparison.Ordinal);
        Assert.True(one.Flows.ContainsKey("prod/d"));
    }

    [Fact]
    public async Task The_journal_lists_what_was_there_and_gives_out_its_bytes()
    {
        var (one, first, large) = await ChangedAsync("2.0");
        await using var _ = one;
        var path = $"/api/v1/runs/{first.Json["id"]}/journal";
        var items = (await one.Service.Http.GetFromJsonAsync<JsonNode>(path))!["items"]!.AsArray();
        Assert.Equal(
            ["added flow n written", "updated flow u written", "deleted flow d written", "updated file big/large.bin written", "deleted file gone.bin written"],
            items.Select(i => $"{i!["action"]} {i["kind"]} {i["id"]} {i["state"]}"));
        using var flow = await one.Service.Http.GetAsync($"{path}/{items.Single(i => i!["id"]!.GetValue<string>() == "u")!["position"]}");
        Assert.Equal(("text/plain", "attachment", "nosniff"), (flow.Content.Headers.ContentType!.MediaType, flow.Content.Headers.ContentDisposition!.DispositionType, flow.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.Equal(OldFlow, Encoding.UTF8.GetString(await flow.Content.ReadAsByteArrayAsync()));
        Assert.Equal(large, await one.Service.Http.GetByteArrayAsync($"{path}/{items.Single(i => i!["id"]!.GetValue<string>() == "big/large.bin")!["position"]}"));
        foreach (var nothing in new[] { $"{path}/{items[0]!["position"]}", $"{path}/99", $"{path}/x", "/api/v1/runs/none/journal" })
        {
            using var answer = await one.Service.Http.GetAsync(nothing);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task What_cannot_be_asked_for_is_refused_with_a_reason()
    {
        var (one, first, _) = await ChangedAsync("2.0");
        await using var __ = one;
        var id = first.Json["id"]!.GetValue<string>();
        var idle = (await one.RunAsync()).Succeeded().Json["id"]!.GetValue<string>();
        foreach (var (path, body, status, word) in new (string, object, HttpStatusCode, string)[]
        {
            ($"{id}/undo", new { objects = new[] { "flow prod/never" } }, HttpStatusCode.BadRequest, "flow prod/never"),
            ($"{id}/restore", new { objects = new[] { "flow prod/u" } }, HttpStatusCode.BadRequest, "deleted no flow prod/u"),
            ($"{id}/undo", new { object_ = "x" }, HttpStatusCode.BadRequest, "objects"),
            ($"{idle}/undo", new { }, HttpStatusCode.Conflict, "wrote nothing"),
            ("none/undo", new { }, HttpStatusCode.NotFound, "run"),
        })
        {
            using var answer = await one.Service.Http.PostAsJsonAsync($"/api/v1/runs/{path}", body);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == status && text.Contains(word, StringComparison.Ordinal), $"{path}: {answer.StatusCode} {text}");
        }
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.StandIns;

public sealed class GitHubHookTests : GitHubStandInBench
{
    [Fact]
    public async Task A_push_over_http_reaches_every_hook_signed_with_one_guid_and_says_what_changed()
    {
        await CreateHookAsync("json", "/one");
        await CreateHookAsync("form", "/two");
        var before = Git.Tip(Name, "main")!;
        var clone = Path.Combine(Git.Root, "clone");
        var url = new UriBuilder(GitHub.CloneUrl("acme", "flows")) { UserName = "bea", Password = "ghp_good" }.Uri.AbsoluteUri;
        GitSandbox.Run(Git.Root, ["clone", "--quiet", url, clone]);
        await File.WriteAllTextAsync(Path.Combine(clone, "a.yml"), "changed");
        File.Delete(Path.Combine(clone, "b.yml"));
        await File.WriteAllTextAsync(Path.Combine(clone, "é.yml"), "new");
        GitSandbox.Run(clone, ["add", "--all"]);
        GitSandbox.Run(clone, ["commit", "--quiet", "-m", "Change ✓"]);
        GitSandbox.Run(clone, ["push", "--quiet", "origin", "main"]);

        var pushes = await DeliveredAsync("push", 2);
        Assert.Single(pushes.Select(d => d.DeliveryId).Distinct());
        Assert.All(pushes, d => Assert.Equal((200, "OK", false), (d.StatusCode, d.Status, d.Redelivery)));
        foreach (var call in Receiver.Calls)
        {
            Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8, call.Body)), call.Headers["X-Hub-Signature-256"]);
            Assert.StartsWith("GitHub-Hookshot/", call.Headers["User-Agent"], StringComparison.Ordinal);
        }

        var json = Assert.Single(Receiver.Calls, c => c is { Path: "/one", Event: "push" });
        var push = JsonNode.Parse(json.Body)!;
        var form = Assert.Single(Receiver.Calls, c => c is { Path: "/two", Event: "push" });
        Assert.Equal("application/x-www-form-urlencoded", form.Headers["Content-Type"]);
        Assert.Equal(Encoding.UTF8.GetString(json.Body), WebUtility.UrlDecode(Encoding.UTF8.GetString(form.Body)["payload=".Length..]));
        Assert.Equal(("refs/heads/main", before, Git.Tip(Name, "main")), (Text(push, "ref"), Text(push, "before"), Text(push, "after")));
        var commit = Assert.Single(push["commits"]!.AsArray())!;
        Assert.Equal("""["\u00E9.yml"]|["b.yml"]|["a.yml"]""",
            $"{commit["added"]!.ToJsonString()}|{commit["removed"]!.ToJsonString()}|{commit["modified"]!.ToJsonString()}");
        Assert.Equal(("Change ✓", "acme/flows", "bea"),
            (Text(push["head_commit"]!, "message"), Text(push["repository"]!, "full_name"), Text(push["pusher"]!, "name")));
        Assert.Equal("false,false,false", $"{push["created"]},{push["deleted"]},{push["forced"]}");
    }

    [Fact]
    public async Task Branches_and_tags_that_come_go_or_are_forced_are_told_as_such()
    {
        await CreateHookAsync("json", "/");
        var repository = Git.PathOf(Name);
        var first = Git.Tip(Name, "main")!;
        GitSandbox.Run(repository, ["branch", "topic", "main"]);
        GitSandbox.Run(repository, ["tag", "-a", "v1", "-m", "one", "main"]);
        await DeliveredAsync("push", 2);
        var second = Git.Commit(Name, "main", Files(("other.yml", "x")), orphan: true);
        await DeliveredAsync("push", 3);
        GitSandbox.Run(repository, ["branch", "-D", "topic"]);
        await DeliveredAsync("push", 4);

        var pushes = Receiver.Calls.Where(c => c.Event == "push").Select(c => JsonNode.Parse(c.Body)!).ToList();
        var tag = pushes.Single(p => Text(p, "ref") == "refs/tags/v1");
        Assert.NotEqual(first, Text(tag, "after"));
        Assert.Equal(first, Text(tag["head_commit"]!, "id"));
        var created = pushes.Single(p => Text(p, "ref") == "refs/heads/topic" && p["created"]!.GetValue<bool>());
        Assert.Equal(("refs/heads/main", new string('0', 40), 0),
            (Text(created, "base_ref"), Text(created, "before"), created["commits"]!.AsArray().Count));
        var forced = pushes.Single(p => Text(p, "ref") == "refs/heads/main");
        Assert.True(forced["forced"]!.GetValue<bool>());
        Assert.Equal((first, second), (Text(forced, "before"), Text(forced, "after")));
        var deleted = pushes.Single(p => p["deleted"]!.GetValue<bool>());
        Assert.Equal(new string('0', 40), Text(deleted, "after"));
        Assert.Null(deleted["head_commit"]);
    }

    [Fact]
    public async Task A_failed_delivery_is_not_tried_again_until_someone_asks()
    {
        Receiver.Status = 503;
        var hook = await CreateHookAsync("json", "/");
        Git.Commit(Name, "main", Files(("a.yml", "later")));
        var failed = Assert.Single(await DeliveredAsync("push", 1));
        await Task.Delay(400);
        Assert.Single(Receiver.Calls, c => c.Event == "push");
        var failures = (await Http.GetFromJsonAsync<JsonArray>($"{Hooks}/{hook}/deliveries?status=failure&per_page=1"))!;
        Assert.Equal((failed.Id, 503), (failures[0]!["id"]!.GetValue<long>(), failures[0]!["status_code"]!.GetValue<int>()));

        Receiver.Status = 202;
        using var asked = await Http.PostAsync($"{Hooks}/{hook}/deliveries/{failed.Id}/attempts", null);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var again = (await DeliveredAsync("push", 2))[^1];
        Assert.Equal((failed.DeliveryId, true, 202), (again.DeliveryId, again.Redelivery, again.StatusCode));
        var whole = (await Http.GetFromJsonAsync<JsonObject>($"{Hooks}/{hook}/deliveries/{again.Id}"))!;
        Assert.Equal("refs/heads/main", Text(whole["request"]!["payload"]!, "ref"));
        Assert.Equal(failed.DeliveryId, Text(whole["request"]!["headers"]!, "X-GitHub-Delivery"));
    }
}

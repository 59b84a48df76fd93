using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.StandIns;

public sealed class GitHubRestTests : GitHubStandInBench
{
    [Fact]
    public async Task Statuses_are_kept_newest_first_and_combined_by_context()
    {
        var sha = Git.Tip(Name, "main")!;
        foreach (var (state, context) in new[] { ("pending", "sync"), ("success", "SYNC"), ("failure", "plan") })
        {
            using var made = await Http.PostAsJsonAsync($"repos/acme/flows/statuses/{sha}",
                new { state, context, description = "d", target_url = "https://example.org/1" });
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        using var tooLong = await Http.PostAsJsonAsync($"repos/acme/flows/statuses/{sha}",
            new { state = "success", description = new string('x', 141) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tooLong.StatusCode);
        using var absent = await Http.PostAsJsonAsync($"repos/acme/flows/statuses/{new string('1', 40)}", new { state = "success" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, absent.StatusCode);
        var all = (await Http.GetFromJsonAsync<JsonArray>("repos/acme/flows/commits/main/statuses"))!;
        Assert.Equal(["plan", "SYNC", "sync"], all.Select(s => Text(s!, "context")));
        var combined = (await Http.GetFromJsonAsync<JsonObject>("repos/acme/flows/commits/main/status"))!;
        Assert.Equal(("failure", 2), (Text(combined, "state"), combined["total_count"]!.GetValue<int>()));
        Assert.Equal(3, GitHub.Statuses.Count);
    }

    [Fact]
    public async Task Callers_are_turned_away_as_GitHub_turns_them_away()
    {
        using var repository = await Http.GetAsync("repos/acme/flows");
        Assert.Equal("4999", Assert.Single(repository.Headers.GetValues("x-ratelimit-remaining")));
        using var again = new HttpRequestMessage(HttpMethod.Get, "repos/acme/flows/hooks");
        using var hooks = await Http.GetAsync("repos/acme/flows/hooks");
        again.Headers.IfNoneMatch.Add(hooks.Headers.ETag!);
        using var unchanged = await Http.SendAsync(again);
        Assert.Equal((HttpStatusCode.NotModified, "4998"),
            (unchanged.StatusCode, Assert.Single(unchanged.Headers.GetValues("x-ratelimit-remaining"))));

        Http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("repos/acme/flows")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync("meta")).StatusCode);
        Assert.Throws<InvalidOperationException>(() =>
            GitSandbox.Run(Git.Root, ["-c", "core.askPass=true", "ls-remote", GitHub.CloneUrl("acme", "flows").AbsoluteUri]));
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ghp_bad");
        using var bad = await Http.GetAsync("repos/acme/flows");
        Assert.Equal((HttpStatusCode.Unauthorized, "Bad credentials"),
            (bad.StatusCode, Text((await bad.Content.ReadFromJsonAsync<JsonObject>())!, "message")));

        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ghp_good");
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("repos/acme/flows/releases?page=2")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.PutAsync("repos/acme/flows", null)).StatusCode);
        Assert.Equal([new("GET", "/repos/acme/flows/releases", "page=2"), new("PUT", "/repos/acme/flows", "")], GitHub.UnknownCalls);
        Http.DefaultRequestHeaders.UserAgent.Clear();
        Assert.Equal(HttpStatusCode.Forbidden, (await Http.GetAsync("meta")).StatusCode);
    }
}

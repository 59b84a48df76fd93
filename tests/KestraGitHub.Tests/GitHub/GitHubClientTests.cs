using System.Text.Json.Nodes;
using KestraGitHub.GitHub;

namespace KestraGitHub.Tests.GitHub;

public sealed class GitHubClientTests : IDisposable
{
    private const string Api = "https://ghe.example/api/v3";
    private static readonly GitHubRepository Repository = new("Acme", "flows");
    private readonly ScriptedGitHub _github = new();

    private static CancellationToken None => CancellationToken.None;

    private static GitHubScope Scope => GitHubScope.Of(Repository, "statuses:write");

    public void Dispose() => _github.Dispose();

    [Fact]
    public async Task A_call_carries_what_GitHub_asks_for_and_the_token_as_it_was_given()
    {
        var opaque = "ghs_12345_" + string.Concat(Enumerable.Repeat("eyJhbGci.", 57))[..510];
        Assert.Equal(520, opaque.Length);
        _github.Options.Token = opaque;
        await _github.Client().GetAsync(Scope, Repository.Path, None);

        var sent = Assert.Single(_github.Sent);
        Assert.Equal(($"GET {Api}/repos/Acme/flows", $"Bearer {opaque}"), (sent.Call, sent.Authorization));
        Assert.StartsWith("KestraGitHub/", sent.Message.Headers.UserAgent.ToString(), StringComparison.Ordinal);
        Assert.Equal("2022-11-28", Assert.Single(sent.Message.Headers.GetValues("X-GitHub-Api-Version")));
        Assert.Equal("application/vnd.github+json", sent.Message.Headers.Accept.ToString());
    }

    [Fact]
    public async Task When_the_hour_is_used_up_nothing_is_sent_until_it_is_over()
    {
        var client = _github.Client();
        _github.Answer = _ => ScriptedGitHub.Json("{}", 200, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", _github.Epoch(TimeSpan.FromMinutes(9))));
        await client.GetAsync(Scope, "/meta", None);
        var limited = await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Scope, "/meta", None));
        Assert.Equal((GitHubFailure.Limited, true, TimeSpan.FromMinutes(9), 1), (limited.Kind, limited.IsTransient, limited.RetryAfter, client.Calls));

        _github.Clock.Advance(TimeSpan.FromMinutes(9));
        await client.GetAsync(Scope, "/meta", None);
        Assert.Equal(2, client.Calls);
    }

    [Theory]
    [InlineData(403, """{"message":"You have exceeded a secondary rate limit."}""", null, 60)]
    [InlineData(429, "slow down", null, 60)]
    [InlineData(403, """{"message":"no"}""", "7", 7)]
    public async Task A_secondary_limit_is_obeyed(int status, string body, string? retryAfter, int seconds)
    {
        var client = _github.Client();
        _github.Answer = _ => ScriptedGitHub.Json(body, status, retryAfter is null ? [] : [("Retry-After", retryAfter)]);
        var limited = await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Scope, "/meta", None));
        Assert.Equal((GitHubFailure.Limited, TimeSpan.FromSeconds(seconds)), (limited.Kind, limited.RetryAfter));
        await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Scope, "/meta", None));
        Assert.Equal(1, client.Calls);

        _github.Clock.Advance(TimeSpan.FromSeconds(seconds));
        var again = await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Scope, "/meta", None));
        Assert.Equal(TimeSpan.FromSeconds(retryAfter is null ? seconds * 2 : seconds), again.RetryAfter);
    }

    [Fact]
    public async Task Things_are_created_one_a_second_and_reads_do_not_wait()
    {
        var client = _github.Client();
        for (var i = 0; i < 3; i++) await client.SendAsync(Scope, new GitHubRequest(HttpMethod.Post, "/x") { Body = new JsonObject() }, None);
        await client.GetAsync(Scope, "/meta", None);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], _github.Waits);
    }

    [Fact]
    public async Task What_did_not_change_is_asked_for_by_its_tag()
    {
        var client = _github.Client();
        _github.Answer = r => r.Headers.IfNoneMatch.Count > 0
            ? ScriptedGitHub.Json("", 304)
            : ScriptedGitHub.Json("""[{"id":1}]""", 200, ("ETag", "W/\"abc\""), ("Link", $"<{Api}/things?page=2>; rel=\"next\""));
        Assert.False((await client.GetAsync(Scope, "/things", None)).Unchanged);
        var again = await client.GetAsync(Scope, "/things", None);
        Assert.Equal((true, 1, $"{Api}/things?page=2"), (again.Unchanged, again.Items().Single().GetProperty("id").GetInt32(), again.Next));
        Assert.Equal("W/\"abc\"", _github.Sent[1].Message.Headers.IfNoneMatch.ToString());
    }

    [Fact]
    public void What_is_kept_of_answers_has_a_bound()
    {
        var cache = new ETagCache();
        for (var i = 0; i < 400; i++) cache.Keep("a", $"u{i}", "t", [1], null);
        cache.Keep("a", "large", "t", new byte[1 << 20], null);
        Assert.Equal((256, null, null), (cache.Count, cache.Find("a", "u0"), cache.Find("a", "large")));
        Assert.NotNull(cache.Find("a", "u399"));
        Assert.Null(cache.Find("b", "u399"));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_renamed_repository_is_followed_with_method_body_and_token(int status)
    {
        _github.Answer = r => r.RequestUri!.AbsolutePath.Contains("/Acme/", StringComparison.Ordinal) ? ScriptedGitHub.Json("{}", status, ("Location", $"{Api}/repositories/7/x")) : ScriptedGitHub.Json("{}", 201);
        await _github.Client().SendAsync(Scope, new GitHubRequest(HttpMethod.Post, Repository.Path + "/x") { Body = new JsonObject { ["a"] = 1 } }, None);
        Assert.Equal([$"POST {Api}/repos/Acme/flows/x", $"POST {Api}/repositories/7/x"], _github.Calls);
        Assert.Equal(("""{"a":1}""", _github.Sent[0].Authorization), (_github.Sent[1].Body, _github.Sent[1].Authorization));
    }

    [Fact]
    public async Task The_token_goes_to_no_other_host()
    {
        var client = _github.Client();
        _github.Answer = _ => ScriptedGitHub.Json("{}", 307, ("Location", "https://evil.example/"));
        var refused = await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Scope, "/meta", None));
        Assert.Contains("evil.example", refused.Message, StringComparison.Ordinal);
        _github.Answer = _ => ScriptedGitHub.Json("[]", 200, ("Link", "<https://evil.example/next>; rel=\"next\""));
        Assert.Null((await client.GetAsync(Scope, "/things", None)).Next);
        await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Scope, "https://evil.example/api/v3/meta", None));
        Assert.All(_github.Sent, s => Assert.Equal("ghe.example", s.Message.RequestUri!.Host));
    }

    [Fact]
    public async Task A_redirect_in_a_circle_ends()
    {
        _github.Answer = _ => ScriptedGitHub.Json("{}", 301, ("Location", $"{Api}/meta"));
        await Assert.ThrowsAsync<GitHubException>(() => _github.Client().GetAsync(Scope, "/meta", None));
        Assert.Equal(6, _github.Sent.Count);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        _github.Answer = r => r.RequestUri!.Query.Contains("cursor=b", StringComparison.Ordinal)
            ? ScriptedGitHub.Json("[3]") : ScriptedGitHub.Json("[1,2]", 200, ("Link", $"<{Api}/things?cursor=a>; rel=\"prev\", <{Api}/things?cursor=b>; rel=\"next\""));
        var read = new List<int>();
        await foreach (var page in _github.Client().PagesAsync(Scope, "/things?per_page=2", None)) read.AddRange(page.Items().Select(i => i.GetInt32()));
        Assert.Equal([1, 2, 3], read);
    }

    [Fact]
    public async Task An_error_names_the_call_the_answer_its_id_and_the_missing_permission()
    {
        var client = _github.Client();
        _github.Answer = _ => ScriptedGitHub.Json(
            """{"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com/x"}""", 403,
            ("X-GitHub-Request-Id", "AB12:34"), ("X-Accepted-GitHub-Permissions", "statuses=write;checks=write"));
        var error = await Assert.ThrowsAsync<GitHubException>(() => client.SendAsync(Scope, new GitHubRequest(HttpMethod.Post, "/repos/a/b/statuses/1?token=hidden"), None));
        Assert.Equal(
            "POST /repos/a/b/statuses/1 answered 403: Resource not accessible by integration (request AB12:34). Give the App or the token the permission statuses=write or checks=write.",
            error.Message);
        Assert.Equal((GitHubFailure.Forbidden, false), (error.Kind, error.IsTransient));

        _github.Answer = _ => ScriptedGitHub.Json("""{"message":"Validation Failed","errors":["Body is too long",{"field":"state","code":"invalid"}]}""", 422);
        error = await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Scope, "/x", None));
        Assert.Contains("Validation Failed; Body is too long; state: invalid", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_html_with_502_is_a_trouble_that_passes_and_the_call_may_have_happened()
    {
        var client = _github.Client();
        _github.Answer = _ => ScriptedGitHub.Json("<html>Unicorn!</html>", 502);
        var away = await Assert.ThrowsAsync<GitHubException>(() => client.SendAsync(Scope, new GitHubRequest(HttpMethod.Post, "/x"), None));
        Assert.Equal((GitHubFailure.Unavailable, true, true), (away.Kind, away.IsTransient, away.MayHaveHappened));
        Assert.DoesNotContain("html", away.Message, StringComparison.Ordinal);
        _github.Answer = _ => throw new HttpRequestException("connection refused");
        away = await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Scope, "/x", None));
        Assert.Equal((GitHubFailure.Unavailable, false), (away.Kind, away.MayHaveHappened));
    }

    [Fact]
    public async Task A_token_of_a_person_that_is_refused_is_not_tried_again()
    {
        _github.Answer = _ => ScriptedGitHub.Json("""{"message":"Bad credentials"}""", 401);
        var refused = await Assert.ThrowsAsync<GitHubException>(() => _github.Client().GetAsync(Scope, "/x", None));
        Assert.Equal((GitHubFailure.Unauthorized, 1), (refused.Kind, _github.Sent.Count));
        Assert.Contains("renew GitHub:Token", refused.Message, StringComparison.Ordinal);
    }
}

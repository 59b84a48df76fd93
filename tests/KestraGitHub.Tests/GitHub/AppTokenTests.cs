using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KestraGitHub.Configuration;
using KestraGitHub.GitHub;

namespace KestraGitHub.Tests.GitHub;

public sealed class AppTokenTests : IDisposable
{
    private static readonly GitHubRepository Repository = new("Acme", "flows");
    private readonly ScriptedGitHub _github = new();
    private int _made;

    public AppTokenTests()
    {
        (_github.Options.AppId, _github.Options.PrivateKey) = ("Iv1.abc", ScriptedGitHub.Pem.Replace("\n", "\\n", StringComparison.Ordinal));
        _github.Answer = Answer;
    }

    private static CancellationToken None => CancellationToken.None;

    private static GitHubScope Checks => GitHubScope.Of(Repository, "checks:write metadata:read");

    public void Dispose() => _github.Dispose();

    [Fact]
    public async Task A_token_is_made_for_one_repository_and_what_the_job_needs_and_is_kept()
    {
        var client = _github.Client();
        for (var i = 0; i < 3; i++) await client.GetAsync(Checks, "/x", None);
        Assert.Equal(
            ["GET https://ghe.example/api/v3/repos/acme/flows/installation", "POST https://ghe.example/api/v3/app/installations/77/access_tokens",
             "GET https://ghe.example/api/v3/x", "GET https://ghe.example/api/v3/x", "GET https://ghe.example/api/v3/x"], _github.Calls);
        Assert.Equal("""{"repositories":["flows"],"permissions":{"checks":"write","metadata":"read"}}""", _github.Sent[1].Body);
        Assert.Equal("Bearer ghs_77_1", _github.Sent[^1].Authorization);

        await client.GetAsync(Checks with { Permissions = "statuses:write" }, "/x", None);
        Assert.Equal("Bearer ghs_77_2", _github.Sent[^1].Authorization);
    }

    [Fact]
    public async Task A_token_is_renewed_five_minutes_before_its_end()
    {
        var client = _github.Client();
        await client.GetAsync(Checks, "/x", None);
        _github.Clock.Advance(TimeSpan.FromMinutes(54));
        await client.GetAsync(Checks, "/x", None);
        Assert.Equal(1, _made);
        _github.Clock.Advance(TimeSpan.FromMinutes(1));
        await client.GetAsync(Checks, "/x", None);
        Assert.Equal(2, _made);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once()
    {
        var client = _github.Client();
        await client.GetAsync(Checks, "/x", None);
        _github.Answer = r => r.Headers.Authorization!.Parameter == "ghs_77_1" ? ScriptedGitHub.Json("""{"message":"Bad credentials"}""", 401) : Answer(r);
        Assert.Equal(200, (await client.GetAsync(Checks, "/x", None)).Status);
        Assert.Equal("Bearer ghs_77_2", _github.Sent[^1].Authorization);

        _github.Answer = r => r.RequestUri!.AbsolutePath.EndsWith("/x", StringComparison.Ordinal) ? ScriptedGitHub.Json("{}", 401) : Answer(r);
        var before = _github.Calls.Count(c => c.EndsWith("/x", StringComparison.Ordinal));
        await Assert.ThrowsAsync<GitHubException>(() => client.GetAsync(Checks, "/x", None));
        Assert.Equal(before + 2, _github.Calls.Count(c => c.EndsWith("/x", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_App_proves_itself_with_a_signed_token_of_few_minutes()
    {
        await _github.Client().GetAsync(GitHubScope.App, "/app", None);
        var parts = Assert.Single(_github.Sent).Authorization!["Bearer ".Length..].Split('.');
        var (header, claims) = (Json(parts[0]), Json(parts[1]));
        var now = _github.Clock.Now.ToUnixTimeSeconds();
        Assert.Equal(("RS256", "Iv1.abc", now - 60, now + (9 * 60)), (
            header.GetProperty("alg").GetString(), claims.GetProperty("iss").GetString(), claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64()));
        using var key = RSA.Create();
        key.ImportFromPem(ScriptedGitHub.Pem);
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Bytes(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task Where_the_App_is_not_installed_the_error_says_so()
    {
        _github.Answer = _ => ScriptedGitHub.Json("""{"message":"Not Found"}""", 404);
        var error = await Assert.ThrowsAsync<GitHubException>(() => _github.Client().GetAsync(Checks, "/x", None));
        Assert.Contains("not installed for acme/flows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_installation_made_anew_is_found_again()
    {
        var client = _github.Client();
        await client.GetAsync(Checks, "/x", None);
        var installation = 88;
        _github.Answer = r => r.RequestUri!.AbsolutePath switch
        {
            var p when p.EndsWith("/installation", StringComparison.Ordinal) => ScriptedGitHub.Json($$"""{"id":{{installation}}}"""),
            var p when p.Contains("/77/", StringComparison.Ordinal) => ScriptedGitHub.Json("{}", 404),
            _ => Answer(r),
        };
        _github.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, (await client.GetAsync(Checks, "/x", None)).Status);
        Assert.Contains("POST https://ghe.example/api/v3/app/installations/88/access_tokens", _github.Calls);
    }

    [Fact]
    public async Task Its_tokens_and_its_proof_are_taken_out_of_every_text()
    {
        await _github.Client().GetAsync(Checks, "/x", None);
        var shown = Redaction.Clean($"proof {_github.Sent[0].Authorization} token {_github.Sent[^1].Authorization}");
        Assert.Equal("proof Bearer *** token Bearer ***", shown);
    }

    [Theory]
    [InlineData("https://api.github.com", "https://github.com/Acme/flows.git", "Acme/flows")]
    [InlineData("https://api.github.com", "https://GitHub.com/acme/flows/", "acme/flows")]
    [InlineData("https://api.github.com", "git@github.com:acme/flows.git", "acme/flows")]
    [InlineData("https://api.github.com", "ssh://git@ssh.github.com:443/acme/flows.git", "acme/flows")]
    [InlineData("https://api.github.com", "https://gitlab.com/acme/flows.git", null)]
    [InlineData("https://api.github.com", "https://github.com.evil.example/acme/flows.git", null)]
    [InlineData("https://api.github.com", "https://github.com/acme", null)]
    [InlineData("https://api.github.com", "file:///acme/flows", null)]
    [InlineData("https://ghe.example/api/v3", "https://ghe.example/acme/flows", "acme/flows")]
    [InlineData("https://ghe.example/api/v3", "https://github.com/acme/flows", null)]
    [InlineData("https://api.octo.ghe.com", "https://octo.ghe.com/acme/flows", "acme/flows")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/acme/flows.git", "acme/flows")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8081/acme/flows.git", null)]
    public void A_repository_is_known_by_the_host_that_belongs_to_the_API(string api, string url, string? expected) =>
        Assert.Equal(expected, new GitHubHosts(new GitHubOptions { ApiUrl = api }).RepositoryOf(url)?.ToString());

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        if (request.RequestUri!.AbsolutePath.EndsWith("/installation", StringComparison.Ordinal)) return ScriptedGitHub.Json("""{"id":77}""");
        if (!request.RequestUri.AbsolutePath.EndsWith("/access_tokens", StringComparison.Ordinal)) return ScriptedGitHub.Json("{}");
        var expires = (_github.Clock.Now + TimeSpan.FromHours(1)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return ScriptedGitHub.Json(new JsonObject { ["token"] = $"ghs_77_{++_made}", ["expires_at"] = expires }.ToJsonString(), 201);
    }

    private static JsonElement Json(string part) => JsonDocument.Parse(Bytes(part)).RootElement;

    private static byte[] Bytes(string part) => Convert.FromBase64String(part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '='));
}

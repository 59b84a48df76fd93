using System.Net;
using System.Text;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

/// <summary>Who is believed, and what a refusal gives away.</summary>
public sealed class WebhookTrustTests
{
    private const string Push = """{"ref":"refs/heads/main"}""";

    [Theory]
    [InlineData(Some.Secret, 1)]
    [InlineData("the other secret", 2)]
    public async Task Any_of_the_services_secrets_may_have_signed(string secret, int number)
    {
        await using var server = await WebhookServer.StartAsync();

        Assert.Equal(HttpStatusCode.Accepted, (await server.Http.SendAsync(WebhookServer.Call(Push, secret: secret))).StatusCode);
        Assert.Equal(number, server.Stored.Single().Delivery.Secret);
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret of another repository")]
    public async Task A_missing_or_wrong_signature_is_401_before_anything_is_looked_at(string secret)
    {
        await using var server = await WebhookServer.StartAsync();

        foreach (var call in new[]
        {
            WebhookServer.Call(Push, secret: secret),
            WebhookServer.Call("not json", secret: secret),
            WebhookServer.Call(Push, type: "text/plain", secret: secret),
            WebhookServer.Call(Push, @event: "", guid: "", secret: secret),
        })
        {
            var response = await server.Http.SendAsync(call);
            var text = await response.Content.ReadAsStringAsync();

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.DoesNotContain(WebhookServer.Sign(Encoding.UTF8.GetBytes(Push))[7..], text, StringComparison.Ordinal);
        }

        Assert.Empty(server.Stored);
    }

    [Fact]
    public async Task A_SHA1_signature_alone_is_missing_and_two_signatures_are_wrong()
    {
        await using var server = await WebhookServer.StartAsync();
        var old = WebhookServer.Call(Push, secret: "");
        old.Headers.Add("X-Hub-Signature", "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59");
        var two = WebhookServer.Call(Push);
        two.Headers.Add(GitHubSignature.Header, WebhookServer.Sign(Encoding.UTF8.GetBytes(Push)));

        Assert.Contains("carries no", await (await server.Http.SendAsync(old)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.SendAsync(two)).StatusCode);
    }

    [Fact]
    public async Task The_signature_is_of_the_bytes_not_of_the_text()
    {
        await using var server = await WebhookServer.StartAsync();
        byte[] bom = [0xEF, 0xBB, 0xBF, .. "{\"ref\":\"refs/heads/main\",\"t\":\"déploiement 🚀\"}\r\n"u8];

        Assert.Equal(HttpStatusCode.Accepted, (await server.Http.SendAsync(WebhookServer.Call(bom))).StatusCode);
    }

    [Fact]
    public async Task A_definitions_own_secrets_replace_the_services()
    {
        await using var server = await WebhookServer.StartAsync();
        server.Definitions[Some.Sync] = Some.Definition(secrets: ["own"]);

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.SendAsync(WebhookServer.Call(Push))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await server.Http.SendAsync(WebhookServer.Call(Push, secret: "own"))).StatusCode);
    }

    [Fact]
    public async Task Where_unsigned_calls_are_allowed_a_signature_must_still_be_right()
    {
        await using var server = await WebhookServer.StartAsync(("Webhooks:AllowUnsigned", "true"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.SendAsync(WebhookServer.Call(Push, secret: "wrong"))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await server.Http.SendAsync(WebhookServer.Call(Push, secret: ""))).StatusCode);
        Assert.Equal(0, server.Stored.Single().Delivery.Secret);
    }

    [Fact]
    public async Task Without_any_secret_and_with_leave_a_signature_is_no_hindrance()
    {
        await using var server = await WebhookServer.StartAsync(
            ("Webhooks:AllowUnsigned", "true"), ("Webhooks:Secrets:0", "-"), ("Webhooks:Secrets:1", "-"),
            ("Data:Path", Path.Combine(Path.GetTempPath(), $"kg-{Guid.NewGuid():N}")));

        Assert.Equal(HttpStatusCode.Accepted, (await server.Http.SendAsync(WebhookServer.Call(Push, secret: "whatever"))).StatusCode);
    }

    [Fact]
    public async Task Bodies_are_kept_where_that_is_asked_for()
    {
        await using var server = await WebhookServer.StartAsync(("Webhooks:KeepBodies", "true"));

        await server.Http.SendAsync(WebhookServer.Call(Push));

        Assert.Equal(Encoding.UTF8.GetBytes(Push), server.Stored.Single().Delivery.Body);
    }

    [Fact]
    public async Task The_log_names_syncs_and_deliveries_but_no_key_and_no_signature()
    {
        await using var server = await WebhookServer.StartAsync();
        await server.Http.SendAsync(WebhookServer.Call(Push));
        await server.Http.SendAsync(WebhookServer.Call(Push, secret: "wrong"));
        await server.Http.SendAsync(WebhookServer.Call(Push, type: "text/plain"));
        await server.Http.SendAsync(WebhookServer.Call(Push, path: "/webhook/main/company.team/sync_flows/mistyped-key"));
        server.Storing = _ => throw new InvalidOperationException("no database");
        await server.Http.SendAsync(WebhookServer.Call(Push));

        var log = string.Join('\n', server.Logged);
        Assert.Contains($"Delivery {Some.Guid} for main/company.team/sync_flows: queued.", log, StringComparison.Ordinal);
        Assert.Contains("its signature is Wrong", log, StringComparison.Ordinal);
        Assert.Contains("no database", log, StringComparison.Ordinal);
        Assert.Equal(5, server.Logged.Count);
        foreach (var secret in new[] { Some.Key, "mistyped-key", Some.Secret, "sha256=", WebhookServer.Sign(Encoding.UTF8.GetBytes(Push))[7..] })
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
    }
}

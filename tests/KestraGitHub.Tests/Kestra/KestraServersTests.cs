using System.Net;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;

namespace KestraGitHub.Tests.Kestra;

public sealed class KestraServersTests
{
    [Theory]
    [InlineData("1.2.9", KestraFailureKind.Unsupported, "1.3 is the oldest")]
    [InlineData("0.24.1", KestraFailureKind.Unsupported, "1.3 is the oldest")]
    public async Task Old_servers_are_refused(string version, KestraFailureKind kind, string text)
    {
        var error = await RefusedAsync($$"""{"version":"{{version}}","edition":"OSS"}""");
        Assert.Equal(kind, error.Kind);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"version":"2.0.0","edition":"OSS","isBasicAuthInitialized":false}""", KestraFailureKind.Auth)]
    [InlineData("{}", KestraFailureKind.Unreadable)]
    [InlineData("[]", KestraFailureKind.Unreadable)]
    public async Task What_cannot_be_worked_with_is_said(string configs, KestraFailureKind kind) => Assert.Equal(kind, (await RefusedAsync(configs)).Kind);

    [Fact]
    public async Task Another_tenant_than_main_needs_the_enterprise_edition()
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json(ScriptedKestra.Configs) };
        using var servers = kestra.Servers();
        var error = await Assert.ThrowsAsync<KestraException>(() => servers.ConnectAsync(ScriptedKestra.Target with { Tenant = "other", Name = null }, default));
        Assert.Contains("'other'", error.Message, StringComparison.Ordinal);
        var status = Assert.Single(servers.Status);
        Assert.Equal(error.Message, status.LastError);
        Assert.DoesNotContain("p4ss-word", status.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_was_down_is_asked_again()
    {
        var kestra = new ScriptedKestra { Answer = _ => throw new HttpRequestException("refused") };
        using var servers = kestra.Servers();
        var target = ScriptedKestra.Target with { Name = null };
        Assert.Equal(KestraFailureKind.Unavailable, (await Assert.ThrowsAsync<KestraException>(() => servers.ConnectAsync(target, default))).Kind);
        Assert.False(Assert.Single(servers.Status).Reachable);
        kestra.Answer = r => ScriptedKestra.Json(r.RequestUri!.AbsolutePath.EndsWith("/configs", StringComparison.Ordinal) ? ScriptedKestra.Configs : """{"results":[],"total":0}""");
        Assert.Equal("2.0.0", (await servers.ConnectAsync(target, default)).Version.Text);
        Assert.True(Assert.Single(servers.Status).Reachable);
    }

    [Theory]
    [InlineData("1.3.26", true, false)]
    [InlineData("1.10.0", true, false)]
    [InlineData("1.2.0", false, false)]
    [InlineData("2.0.0", true, true)]
    [InlineData("2.1.0-SNAPSHOT", true, true)]
    [InlineData("2.0-rc1", true, true)]
    [InlineData("develop", true, true)]
    public void Versions(string text, bool supported, bool two)
    {
        var version = KestraVersion.Parse(text);
        Assert.Equal((supported, two), (version.IsSupported, version.AtLeast(2, 0)));
    }

    [Fact]
    public async Task Whoever_writes_to_one_address_shares_its_turns()
    {
        var kestra = new ScriptedKestra
        {
            Answer = r => ScriptedKestra.Json(
                r.RequestUri!.AbsolutePath.EndsWith("/configs", StringComparison.Ordinal)
                    ? ScriptedKestra.Configs.Replace("OSS", "EE", StringComparison.Ordinal) : """{"results":[],"total":0}"""),
        };
        using var servers = kestra.Servers();
        var one = await servers.ConnectAsync(ScriptedKestra.Target, default);
        var again = await servers.ConnectAsync(
            ScriptedKestra.Target with { Name = null, Url = new Uri("https://KESTRA.example:443/base"), Tenant = "other", Auth = KestraAuth.None }, default);
        var elsewhere = await servers.ConnectAsync(ScriptedKestra.Target with { Url = new Uri("https://kestra.example:8443/base/") }, default);
        Assert.Same(one.Load, again.Load);
        Assert.NotSame(one.Load, elsewhere.Load);
    }

    private static async Task<KestraException> RefusedAsync(string configs)
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json(configs, HttpStatusCode.OK) };
        using var servers = kestra.Servers();
        return await Assert.ThrowsAsync<KestraException>(() => servers.ConnectAsync(ScriptedKestra.Target, default));
    }
}

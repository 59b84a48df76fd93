using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Git;

[Collection("alone")]
public class AccessTests : GitTest
{
    private const string Password = "s3cr3t/+&:%41 pass";

    private static GitCredential Right => new("me", new Secret(Password), null, null);

    private string Fill()
    {
        Sandbox.Create();
        return Sandbox.Commit("repo.git", "main", new Dictionary<string, SandboxFile> { ["a"] = "a" });
    }

    private async Task<GitCommit> OpenAsync(GitSource source) => await Git.Mirrors.OpenAsync(source, await Git.Mirrors.ResolveAsync(source, null, default), default);

    [Fact]
    public async Task The_right_password_is_taken_at_the_first_request_and_shown_to_no_one()
    {
        var tip = Fill();
        Git.Server.Account = ("me", Password);
        Git.Server.Fault = _ => new GitFault(TimeSpan.FromMilliseconds(200));
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentBag<string>();
        var watching = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                foreach (var (_, line) in Processes()) seen.Add(line);
        });
        Assert.Equal(tip, (await OpenAsync(Git.Source() with { Credential = Right })).Commit);
        await stop.CancelAsync();
        await watching;
        Assert.Contains(seen, l => l.Contains("ls-remote", StringComparison.Ordinal));
        Assert.DoesNotContain(seen, l => l.Contains("s3cr3t", StringComparison.Ordinal) || l.Contains("Basic", StringComparison.Ordinal));
        Assert.All(Git.Server.Requests, r => Assert.True(r.HadAuthorization));
        Assert.DoesNotContain(Directory.EnumerateFiles(Git.Data, "*", SearchOption.AllDirectories), f => File.ReadAllText(f).Contains("s3cr3t", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Git.Data, "git", "private")));
    }

    [Fact]
    public async Task A_credential_in_the_url_does_as_well()
    {
        var tip = Fill();
        Git.Server.Account = ("me", "pw");
        var source = Git.Source();
        Assert.Equal(tip, (await OpenAsync(source with { Url = source.Url.Replace("http://", "http://me:pw@", StringComparison.Ordinal) })).Commit);
        Assert.DoesNotContain(Directory.EnumerateFiles(Git.Data, "*", SearchOption.AllDirectories), f => File.ReadAllText(f).Contains("me:pw", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_or_no_password_is_said_without_it()
    {
        Fill();
        Git.Server.Account = ("me", "other");
        foreach (var credential in new[] { Right, GitCredential.None, new("me", null, null, null) })
        {
            var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(Git.Source() with { Credential = credential }));
            Assert.Equal(GitErrorKind.Auth, fault.Kind);
            Assert.False(fault.IsTransient);
            Assert.DoesNotContain("s3cr3t", fault.ToString() + fault.Output, StringComparison.Ordinal);
            Assert.Contains(Git.Server.Url, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_redirection_to_another_host_gets_no_credential()
    {
        Fill();
        await using var other = await GitHttpServer.StartAsync(Sandbox.Root);
        other.Account = ("me", Password);
        Git.Server.Fault = r => new GitFault(Status: 301, Location: other.Url + r.Path + r.Query);
        var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(Git.Source() with { Credential = Right }));
        Assert.Equal(GitErrorKind.Auth, fault.Kind);
        Assert.NotEmpty(other.Requests);
        Assert.All(other.Requests, r => Assert.False(r.HadAuthorization));

        // Not even where that host would answer without one.
        other.Account = null;
        await OpenAsync(Git.Source() with { Credential = Right });
        Assert.All(other.Requests, r => Assert.False(r.HadAuthorization));
    }

    [Fact]
    public async Task A_redirection_within_the_host_is_followed()
    {
        var tip = Fill();
        Git.Server.Account = ("me", Password);
        Git.Server.Fault = r => r.Path.StartsWith("/old", StringComparison.Ordinal) ? new GitFault(Status: 301, Location: r.Path.Replace("/old", "/repo.git", StringComparison.Ordinal) + r.Query) : null;
        Assert.Equal(tip, (await OpenAsync(Git.Source("old") with { Credential = Right })).Commit);
    }

    [Fact]
    public async Task A_redirection_to_a_protocol_that_is_not_allowed_is_refused()
    {
        Fill();
        Git.Server.Fault = _ => new GitFault(Status: 302, Location: "ftp://127.0.0.1/x");
        Assert.False((await Assert.ThrowsAsync<GitException>(() => OpenAsync(Git.Source()))).Message.Contains("ended with 0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(500, GitErrorKind.Network)]
    [InlineData(502, GitErrorKind.Network)]
    [InlineData(429, GitErrorKind.Network)]
    [InlineData(403, GitErrorKind.Auth)]
    [InlineData(404, GitErrorKind.NotFound)]
    public async Task What_the_server_answers_has_a_meaning(int status, GitErrorKind kind)
    {
        Fill();
        Git.Server.Fault = _ => new GitFault(Status: status);
        var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(Git.Source()));
        Assert.Equal((kind, kind == GitErrorKind.Network), (fault.Kind, fault.IsTransient));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_passing_trouble()
    {
        var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(Git.Source() with { Url = "http://127.0.0.1:1/r.git" }));
        Assert.Equal(GitErrorKind.Network, fault.Kind);
    }

    [Fact]
    public async Task A_server_that_hangs_is_left_in_time_and_nothing_runs_on()
    {
        Fill();
        Git.Options = Git.Options with { LsRemoteTimeout = TimeSpan.FromSeconds(1) };
        Git.Server.Fault = _ => new GitFault(TimeSpan.FromSeconds(60));
        var clock = Stopwatch.StartNew();
        var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(Git.Source()));
        Assert.Equal((GitErrorKind.Timeout, true), (fault.Kind, fault.IsTransient));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 5);
        AssertNothingRuns();
    }

    [Fact]
    public async Task A_cancelled_call_leaves_nothing_running()
    {
        Fill();
        var head = await Git.Mirrors.ResolveAsync(Git.Source(), null, default);
        Git.Server.Fault = r => r.Method == "POST" ? new GitFault(TimeSpan.FromSeconds(60)) : null;
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Git.Mirrors.OpenAsync(Git.Source(), head, cancel.Token));
        AssertNothingRuns();
        Git.Server.Fault = null;
        Assert.Equal(head.Commit, (await Git.Mirrors.OpenAsync(Git.Source(), head, default)).Commit);
    }

    [Fact]
    public async Task Only_allowed_protocols_are_spoken()
    {
        Fill();
        Git.Options = new GitOptions();
        foreach (var url in new[] { Git.Source().Url, "file://" + Sandbox.PathOf("repo.git"), "ext::git-upload-pack x" })
            Assert.Equal(GitErrorKind.Protocol, (await Assert.ThrowsAsync<GitException>(() => OpenAsync(Git.Source() with { Url = url }))).Kind);
        Git.Options = new GitOptions { AllowedProtocols = ["file"] };
        Git.Restart();
        await OpenAsync(Git.Source() with { Url = "file://" + Sandbox.PathOf("repo.git") });
    }

    [Fact]
    public async Task Settings_of_a_definition_start_no_program()
    {
        Fill();
        var mark = Path.Combine(Sandbox.Root, "mark");
        List<KeyValuePair<string, string?>> config =
            [new("core.sshCommand", $"touch {mark}"), new("core.fsmonitor", $"touch {mark}"), new("credential.helper", $"!touch {mark}"), new("core.askPass", $"touch {mark}"),
                new("core.gitProxy", $"touch {mark}"), new($"url.ext::touch% {mark}.insteadOf", Git.Server.Url), new("http.sslVerify", "false"), new("user.name", null)];
        await OpenAsync(Git.Source() with { Transport = GitTransport.Default with { Config = config } });
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public async Task A_file_of_certificates_that_is_none_is_said()
    {
        Fill();
        var pem = Path.Combine(Sandbox.Root, "ca.pem");
        var source = Git.Source() with { Transport = GitTransport.Default with { TrustedCaPemPath = pem } };
        Assert.Equal(GitErrorKind.Certificate, (await Assert.ThrowsAsync<GitException>(() => OpenAsync(source))).Kind);
        await File.WriteAllTextAsync(pem, "nothing");
        Assert.Contains(pem, (await Assert.ThrowsAsync<GitException>(() => OpenAsync(source))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_may_trust_an_authority_of_its_own_for_every_call()
    {
        var tip = Fill();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var server = await GitHttpServer.StartAsync(Sandbox.Root, certificate: certificate);
        server.Account = ("me", Password);
        var source = Git.Source() with { Url = server.Url + "/repo.git", Credential = Right };
        var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(source));
        Assert.Equal((GitErrorKind.Certificate, false), (fault.Kind, fault.IsTransient));
        Assert.Empty(server.Requests);

        var pem = Path.Combine(Sandbox.Root, "ca.pem");
        await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem());
        Assert.Equal(tip, (await OpenAsync(source with { Transport = GitTransport.Default with { TrustedCaPemPath = pem } })).Commit);
    }

    [Fact]
    public async Task A_task_may_pass_by_the_proxy()
    {
        var tip = Fill();
        Environment.SetEnvironmentVariable("http_proxy", "http://127.0.0.1:1");
        try
        {
            Assert.Equal(GitErrorKind.Network, (await Assert.ThrowsAsync<GitException>(() => OpenAsync(Git.Source()))).Kind);
            Assert.Equal(tip, (await OpenAsync(Git.Source() with { Transport = GitTransport.Default with { NoProxy = true } })).Commit);
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", null);
        }
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_said()
    {
        Fill();
        var head = await Git.Mirrors.ResolveAsync(Git.Source(), null, default);
        Directory.Delete(Path.Combine(Git.Data, "git", "mirrors"));
        await File.WriteAllTextAsync(Path.Combine(Git.Data, "git", "mirrors"), "");
        var fault = await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.OpenAsync(Git.Source(), head, default));
        Assert.Contains("cannot be written", fault.Message, StringComparison.Ordinal);
    }

    private void AssertNothingRuns()
    {
        var mine = Git.Server.Url["http://".Length..];
        Assert.DoesNotContain(Processes(), p => p.Line.Contains(mine, StringComparison.Ordinal));
    }
}

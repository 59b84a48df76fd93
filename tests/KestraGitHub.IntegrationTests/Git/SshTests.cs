using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Git;

[Collection("alone")]
public class SshTests : GitTest
{
    private const string Passphrase = "correct h0rse 'battery\" $staple";

    private string KeyFile(string name) => Path.Combine(Sandbox.Root, name);

    private string Fill()
    {
        Sandbox.Create();
        return Sandbox.Commit("repo.git", "main", new Dictionary<string, SandboxFile> { ["a"] = "a" });
    }

    private GitSource Source(GitSshServer server, string key, string? passphrase, string? knownHosts, bool strict = true) => new(
        server.UrlOf(Sandbox.PathOf("repo.git")), "main", "", true, false, new GitCredential(null, null, new Secret(key), Secret.From(passphrase)),
        GitTransport.Default with { KnownHosts = knownHosts, StrictHostKeyChecking = strict });

    private async Task<GitCommit> OpenAsync(GitSource source) => await Git.Mirrors.OpenAsync(source, await Git.Mirrors.ResolveAsync(source, null, default), default);

    [Theory]
    [InlineData("ed25519", "", false)]
    [InlineData("ed25519", Passphrase, false)]
    [InlineData("rsa", Passphrase, true)]
    [InlineData("ecdsa", "", true)]
    public async Task Keys_of_every_kind_open_the_door_and_leave_no_trace(string type, string passphrase, bool pem)
    {
        var tip = Fill();
        var (key, pub) = GitSshServer.MakeKey(KeyFile("key"), type, passphrase, pem);
        await using var server = await GitSshServer.StartAsync(KeyFile("sshd"), pub);
        var mangled = "\n" + key.Replace("\n", "\r\n", StringComparison.Ordinal).Trim();
        Assert.Equal(tip, (await OpenAsync(Source(server, mangled, passphrase, server.KnownHost))).Commit);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Git.Data, "git", "private")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Git.Data, "git", "home")));
    }

    [Fact]
    public async Task A_push_goes_through_the_same_door()
    {
        var tip = Fill();
        var (key, pub) = GitSshServer.MakeKey(KeyFile("key"), "ed25519", Passphrase);
        await using var server = await GitSshServer.StartAsync(KeyFile("sshd"), pub);
        var source = Source(server, key, Passphrase, server.KnownHost);
        var parent = await Git.Mirrors.OpenAsync(source, await Git.Mirrors.ResolveForPushAsync(source, default), default);
        var message = new CommitMessage("by ssh\n", new Person("A", "a@b.c"), DateTimeOffset.UnixEpoch);
        var made = await Git.Mirrors.CommitAsync(parent, message, [new TreeChange("a", "100644", null)], new GitResourceStore(Git.Mirrors, GitFixture.Task(source, Layout.NamespaceFiles), parent), default);
        await Git.Mirrors.PushAsync(parent, made!, default);
        Assert.Equal([made!.Commit, tip], Sandbox.Log("repo.git", "main").Select(c => c.Id));
        Assert.Empty(Sandbox.Files("repo.git", "main"));
    }

    [Fact]
    public async Task Each_task_uses_its_own_key()
    {
        Fill();
        var (first, firstPub) = GitSshServer.MakeKey(KeyFile("first"), "ed25519", Passphrase);
        var (second, _) = GitSshServer.MakeKey(KeyFile("second"), "ed25519", "another one");
        await using var server = await GitSshServer.StartAsync(KeyFile("sshd"), firstPub);
        var fault = Assert.ThrowsAsync<GitException>(() => OpenAsync(Source(server, second, "another one", server.KnownHost)));
        await OpenAsync(Source(server, first, Passphrase, server.KnownHost));
        Assert.Equal(GitErrorKind.Auth, (await fault).Kind);
    }

    [Fact]
    public async Task A_wrong_passphrase_or_a_broken_key_is_said_without_it()
    {
        Fill();
        var (key, pub) = GitSshServer.MakeKey(KeyFile("key"), "ed25519", Passphrase);
        await using var server = await GitSshServer.StartAsync(KeyFile("sshd"), pub);
        foreach (var (text, passphrase) in new[] { (key, "wr0ng one"), (key, null), (key[..100], Passphrase), ("no key at all", null) })
        {
            var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(Source(server, text, passphrase, server.KnownHost)));
            Assert.Equal(GitErrorKind.Auth, fault.Kind);
            Assert.DoesNotContain("wr0ng", fault + fault.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_host_that_nobody_vouched_for_is_refused_with_the_cure()
    {
        var tip = Fill();
        var (key, pub) = GitSshServer.MakeKey(KeyFile("key"), "ed25519");
        await using var server = await GitSshServer.StartAsync(KeyFile("sshd"), pub);
        var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(Source(server, key, null, null)));
        Assert.Equal((GitErrorKind.HostKey, false), (fault.Kind, fault.IsTransient));
        Assert.Contains("known_hosts", fault.Message, StringComparison.Ordinal);
        var (_, other) = GitSshServer.MakeKey(KeyFile("other"), "ed25519");
        Assert.Equal(GitErrorKind.HostKey, (await Assert.ThrowsAsync<GitException>(() => OpenAsync(Source(server, key, null, $"[127.0.0.1]:{server.Port} {other}")))).Kind);

        await File.WriteAllTextAsync(Path.Combine(Git.Data, "known_hosts"), server.KnownHost);
        Assert.Equal(tip, (await OpenAsync(Source(server, key, null, null))).Commit);
        Assert.Equal(tip, (await OpenAsync(Source(server, key, null, "", strict: false))).Commit);
    }

    [Fact]
    public async Task A_repository_that_is_not_there_says_so()
    {
        Sandbox.Create("other.git");
        var (key, pub) = GitSshServer.MakeKey(KeyFile("key"), "ed25519");
        await using var server = await GitSshServer.StartAsync(KeyFile("sshd"), pub);
        var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync(Source(server, key, null, server.KnownHost)));
        Assert.Equal(GitErrorKind.NotFound, fault.Kind);
    }
}

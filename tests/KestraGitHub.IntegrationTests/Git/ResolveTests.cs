using KestraGitHub.Git;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Git;

public class ResolveTests : GitTest
{
    private static Dictionary<string, SandboxFile> Files(string text) => new() { ["a.txt"] = text };

    [Fact]
    public async Task A_branch_is_what_the_server_says_in_one_question()
    {
        Sandbox.Create();
        var first = Sandbox.Commit("repo.git", "main", Files("1"), "The subject\n\nand more");
        Sandbox.Commit("repo.git", "dev", Files("2"));
        var head = await Git.Mirrors.ResolveAsync(Git.Source(), null, default);
        Assert.Equal((first, "refs/heads/main"), (head.Commit, head.Reference));
        Assert.Equal(first, (await Git.Mirrors.ResolveAsync(Git.Source(branch: null), null, default)).Commit);
        var commit = await Git.Mirrors.OpenAsync(Git.Source(), head, default);
        Assert.Equal(("The subject", "A Person", first), (commit.Subject, commit.Author, commit.Commit));
        Assert.Equal(2023, commit.AuthorDate.Year);
    }

    [Fact]
    public async Task A_missing_branch_is_an_error_that_names_what_is_near_and_never_the_default_branch()
    {
        Sandbox.Create();
        Sandbox.Commit("repo.git", "main", Files("1"));
        Sandbox.Commit("repo.git", "release/1", Files("1"));
        var fault = await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.ResolveAsync(Git.Source(branch: "mian"), null, default));
        Assert.Equal(GitErrorKind.NotFound, fault.Kind);
        Assert.Contains("branch 'mian' was not found", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'main'", fault.Message, StringComparison.Ordinal);
        foreach (var odd in new[] { "-oX", "../x", "a\nb", "refs/heads/nope", "HEAD", "refs/tags/x", "main~1", "main:a.txt" })
            Assert.Equal(GitErrorKind.NotFound, (await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.ResolveAsync(Git.Source(branch: odd), null, default))).Kind);
    }

    [Fact]
    public async Task An_empty_repository_says_so()
    {
        Sandbox.Create();
        foreach (var branch in new[] { "main", null })
            Assert.Contains("empty", (await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.ResolveAsync(Git.Source(branch: branch), null, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_repository_says_so()
    {
        var fault = await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.ResolveAsync(Git.Source("nope.git"), null, default));
        Assert.Equal(GitErrorKind.NotFound, fault.Kind);
        Assert.Contains("nope.git", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revision_is_a_branch_a_tag_or_a_commit_id_whole_or_short()
    {
        Sandbox.Create();
        var first = Sandbox.Commit("repo.git", "main", Files("1"));
        var second = Sandbox.Commit("repo.git", "main", Files("2"));
        GitSandbox.Run(Sandbox.PathOf("repo.git"), ["tag", "light", first]);
        GitSandbox.Run(Sandbox.PathOf("repo.git"), ["tag", "-a", "-m", "m", "heavy", first]);
        foreach (var revision in new[] { "light", "heavy", "refs/tags/heavy", first, first.ToUpperInvariant(), first[..10], first[..10].ToUpperInvariant() })
        {
            var head = await Git.Mirrors.ResolveAsync(Git.Source(), revision, default);
            Assert.Equal(first, head.Commit);
            Assert.Equal(first, (await Git.Mirrors.OpenAsync(Git.Source(), head, default)).Commit);
        }

        Assert.Equal(second, (await Git.Mirrors.ResolveAsync(Git.Source(), "main", default)).Commit);
        foreach (var missing in new[] { "nope", "deadbeef", "-x" })
            Assert.Equal(GitErrorKind.NotFound, (await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.ResolveAsync(Git.Source(), missing, default))).Kind);
        var gone = await Git.Mirrors.ResolveAsync(Git.Source(), new string('d', 40), default);
        var fault = await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.OpenAsync(Git.Source(), gone, default));
        Assert.Equal(GitErrorKind.NotFound, fault.Kind);
    }

    [Fact]
    public async Task A_tag_of_something_else_than_a_commit_is_not_taken_for_one()
    {
        Sandbox.Create();
        Sandbox.Commit("repo.git", "main", Files("1"));
        GitSandbox.Run(Sandbox.PathOf("repo.git"), ["tag", "tree", "main^{tree}"]);
        var head = await Git.Mirrors.ResolveAsync(Git.Source(), "tree", default);
        Assert.Equal(GitErrorKind.NotFound, (await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.OpenAsync(Git.Source(), head, default))).Kind);
    }

    [Fact]
    public async Task A_rewritten_branch_is_followed_and_the_commit_that_is_gone_is_an_error_elsewhere()
    {
        Sandbox.Create();
        var old = Sandbox.Commit("repo.git", "main", Files("1"));
        var oldHead = await Git.Mirrors.ResolveAsync(Git.Source(), null, default);
        var rewritten = Sandbox.Commit("repo.git", "main", Files("2"), orphan: true);
        GitSandbox.Run(Sandbox.PathOf("repo.git"), ["gc", "--prune=now", "--quiet"]);
        var head = await Git.Mirrors.ResolveAsync(Git.Source(), null, default);
        Assert.Equal(rewritten, head.Commit);
        await Git.Mirrors.OpenAsync(Git.Source(), head, default);
        var fault = await Assert.ThrowsAsync<GitException>(() => Git.Mirrors.OpenAsync(Git.Source(), oldHead, default));
        Assert.Equal(GitErrorKind.NotFound, fault.Kind);
        Assert.Contains(old, fault.Message, StringComparison.Ordinal);
        Assert.Contains("rewritten", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_may_become_a_folder_of_branches()
    {
        Sandbox.Create();
        Sandbox.Commit("repo.git", "a", Files("1"));
        await OpenAsync("a");
        GitSandbox.Run(Sandbox.PathOf("repo.git"), ["branch", "-D", "a"]);
        var below = Sandbox.Commit("repo.git", "a/b", Files("2"));
        Assert.Equal(below, (await OpenAsync("a/b")).Commit);
        Assert.Equal(below, (await Git.Mirrors.ResolveAsync(Git.Source(), below[..12], default)).Commit);

        async Task<GitCommit> OpenAsync(string branch) => await Git.Mirrors.OpenAsync(Git.Source(), await Git.Mirrors.ResolveAsync(Git.Source(branch: branch), null, default), default);
    }

    [Fact]
    public async Task A_repository_with_sha256_names_is_read()
    {
        Sandbox.Create(sha256: true);
        var commit = Sandbox.Commit("repo.git", "main", Files("1\n"));
        var (set, _) = await Git.ReadAsync(GitFixture.Task(Git.Source(), Definitions.Layout.NamespaceFiles));
        Assert.Equal(64, commit.Length);
        Assert.Equal(Reconciliation.BlobHash.Of("1\n"u8, sha256: true), Assert.Single(set.Resources.Values).Digest);
    }
}

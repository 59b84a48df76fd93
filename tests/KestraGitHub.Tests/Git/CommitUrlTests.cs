using KestraGitHub.Git;

namespace KestraGitHub.Tests.Git;

/// <summary>plugin-git.md, section 1.3.</summary>
public class CommitUrlTests
{
    [Theory]
    [InlineData("https://github.com/acme/flows", "https://github.com/acme/flows/commit/abc")]
    [InlineData("https://github.com/acme/flows.git", "https://github.com/acme/flows/commit/abc")]
    [InlineData("https://github.com/acme/flows/", "https://github.com/acme/flows/commit/abc")]
    [InlineData("git@github.com:acme/flows.git", "https://github.com/acme/flows/commit/abc")]
    [InlineData("ssh://git@ssh.github.com:443/acme/flows.git", "https://github.com/acme/flows/commit/abc")]
    [InlineData("ssh://git@git.example.org/team/a/flows.git", "https://git.example.org/team/a/flows/commit/abc")]
    [InlineData("https://bitbucket.org/acme/flows", "https://bitbucket.org/acme/flows/commits/abc")]
    [InlineData("git@bitbucket.org:acme/flows.git", "https://bitbucket.org/acme/flows/commits/abc")]
    [InlineData("https://dev.azure.com/org/project/_git/flows", "https://dev.azure.com/org/project/_git/flows/commit/abc?refName=refs%2Fheads%2Ffeature%2Fx")]
    [InlineData("git@ssh.dev.azure.com:v3/org/project/flows", "https://dev.azure.com/org/project/_git/flows/commit/abc?refName=refs%2Fheads%2Ffeature%2Fx")]
    [InlineData("file:///srv/git/flows.git", "file:///srv/git/flows/commit/abc")]
    [InlineData("http://localhost:3000/acme/flows.git", "http://localhost:3000/acme/flows/commit/abc")]
    public void A_commit_is_found_on_the_web(string repository, string expected) => Assert.Equal(expected, CommitUrl.Of(repository, "abc", "feature/x"));
}

using KestraGitHub.Definitions;

namespace KestraGitHub.GitHub;

/// <summary>The one token that was configured, for everything.</summary>
internal sealed class PersonalTokens(GitHubOptions options) : IGitHubTokens
{
    private readonly GitHubToken? _token = Secret.From(options.Token?.Trim()) is { } value ? new GitHubToken(value, "token", null) : null;

    public Task<GitHubToken> GetAsync(GitHubScope scope, CancellationToken ct) => Task.FromResult(
        scope.Owner is null ? throw new GitHubException(GitHubFailure.Forbidden, "Only a GitHub App may ask that. Set GitHub:AppId and GitHub:PrivateKey.")
        : _token ?? throw new GitHubException(GitHubFailure.Unauthorized, "There is no token for GitHub. Set GitHub:Token, or GitHub:AppId and GitHub:PrivateKey."));

    public bool Drop(GitHubScope scope, GitHubToken token) => false;
}

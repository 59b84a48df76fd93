using KestraGitHub.Definitions;

namespace KestraGitHub.GitHub;

/// <summary>What goes into the header, opaque whatever its length.</summary>
/// <param name="Account">Whose share of calls it uses up: GitHub counts by installation and by person, not by token.</param>
/// <param name="Expires">Null: nobody said.</param>
public sealed record GitHubToken(Secret Value, string Account, DateTimeOffset? Expires);

/// <summary>Where the client gets its tokens.</summary>
public interface IGitHubTokens
{
    /// <exception cref="GitHubException">There is none to be had.</exception>
    Task<GitHubToken> GetAsync(GitHubScope scope, CancellationToken ct);

    /// <summary>GitHub refused <paramref name="token"/>.</summary>
    /// <returns>True when the next <see cref="GetAsync"/> brings another one.</returns>
    bool Drop(GitHubScope scope, GitHubToken token);
}

namespace KestraGitHub.GitHub;

public enum GitHubFailure
{
    /// <summary>No connection, no answer in time, or an answer that is the trouble of a server: later it may go.</summary>
    Unavailable,

    /// <summary>Enough asked for now; <see cref="GitHubException.RetryAfter"/> says how long.</summary>
    Limited,
    Unauthorized,
    Forbidden,

    /// <summary>Also what one may not see.</summary>
    NotFound,

    /// <summary>GitHub took the call for wrong.</summary>
    Invalid,
}

/// <summary>A call that did not do what it was meant to. The message names the call, the answer, GitHub's id of it, and what to do.</summary>
public sealed class GitHubException(GitHubFailure kind, string message, int? status = null, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public GitHubFailure Kind => kind;

    public int? Status => status;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>True when the same call may go later.</summary>
    public bool IsTransient => kind is GitHubFailure.Unavailable or GitHubFailure.Limited;

    /// <summary>True when the call may have been carried out: look before it is sent again.</summary>
    public bool MayHaveHappened { get; init; }
}

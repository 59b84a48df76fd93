namespace KestraGitHub.Git;

public enum GitErrorKind
{
    /// <summary>A branch, tag, commit or directory, or the repository itself, is not there.</summary>
    NotFound,

    /// <summary>The server does not take the credential, or wants one.</summary>
    Auth,

    /// <summary>The ssh server's key is not known, or another one than is known.</summary>
    HostKey,

    /// <summary>The server could not be reached or broke off.</summary>
    Network,

    Timeout,

    /// <summary>The server's TLS certificate is not trusted.</summary>
    Certificate,

    /// <summary>The server sends callers to another address.</summary>
    Redirected,

    /// <summary>The URL or its protocol is not one that this service speaks.</summary>
    Protocol,

    /// <summary>What the mirror or the server holds is damaged.</summary>
    Corrupt,

    TooBig,

    /// <summary>The repository holds a name that no one may write to a disk.</summary>
    Name,

    /// <summary>The server does not take a push: a protected branch, a hook.</summary>
    Rejected,

    /// <summary>The branch is not (any more) where a push was made for.</summary>
    Moved,

    DiskFull,

    Other,
}

/// <summary>Git could not do what was asked. The message names the thing, the place and the cure; neither it nor the output holds a secret.</summary>
public sealed class GitException(GitErrorKind kind, string message, string output = "", Exception? inner = null) : Exception(message, inner)
{
    public GitErrorKind Kind { get; } = kind;

    /// <summary>What git wrote to its standard error: bounded, redacted.</summary>
    public string Output { get; } = output;

    /// <summary>True when the same call may well succeed a little later.</summary>
    public bool IsTransient => Kind is GitErrorKind.Network or GitErrorKind.Timeout;
}

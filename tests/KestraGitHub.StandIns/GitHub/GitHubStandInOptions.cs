namespace KestraGitHub.StandIns.GitHub;

/// <summary>How a stand-in starts.</summary>
public sealed record GitHubStandInOptions
{
    /// <summary>Folder with bare repositories at <c>{owner}/{repo}.git</c>; what appears there later is served too.</summary>
    public required string Root { get; init; }

    /// <summary>0 = any free port.</summary>
    public int Port { get; init; }

    /// <summary>Signs for hooks that were created without a secret of their own.</summary>
    public string? Secret { get; init; }

    /// <summary>With a token every repository is private; without one everything is open, writes too.</summary>
    public string? Token { get; init; }

    /// <summary>An App that is installed for all repositories; its installation's tokens are taken beside <see cref="Token"/>.</summary>
    public GitHubApp? App { get; init; }

    /// <summary>True: nothing is open, only <see cref="Token"/> and the App come in.</summary>
    internal bool IsPrivate => Token is not null || App is not null;

    /// <summary>How long a hook's receiver may take: 10 s on github.com, 30 s on a server of one's own.</summary>
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the repositories are looked at for changes that no push through this server made.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Calls an hour; conditional ones that find nothing new are free.</summary>
    public int RateLimit { get; init; } = 5000;
}

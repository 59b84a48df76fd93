namespace KestraGitHub.Git;

/// <summary>What a branch, tag or commit id stands for on the server at one moment.</summary>
/// <param name="Commit">Full commit id.</param>
/// <param name="Reference">The full name that leads to it (<c>refs/heads/main</c>); null for a commit that no branch or tag points to.</param>
/// <param name="Wanted">What was asked for, in a person's words: <c>branch 'main'</c>.</param>
public sealed record GitHead(string Commit, string? Reference, string Wanted)
{
    /// <summary>True for a branch that is not there: a push makes it, after <see cref="Commit"/>. That is empty where the repository is.</summary>
    public bool IsNew { get; init; }

    /// <summary>True where the repository names its objects by SHA-256.</summary>
    public bool Sha256 => Commit.Length == 64;
}

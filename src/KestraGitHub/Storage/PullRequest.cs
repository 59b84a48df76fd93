namespace KestraGitHub.Storage;

/// <summary>A pull request as the event told of it. What it says is a stranger's; nothing of it is obeyed.</summary>
/// <param name="Repository">Where it is to be merged: <c>owner/name</c> in lower case.</param>
/// <param name="Head">The commit that is told of the plan.</param>
/// <param name="Base">Short name of the branch that it is to be merged into.</param>
/// <param name="OfDefault">True where that is the repository's default branch: tasks that name no branch read it.</param>
/// <param name="Refused">True: it comes from a fork, and the sync plans none of those.</param>
public sealed record PullRequest(string Repository, long Number, string Head, string Base, bool OfDefault, bool Refused)
{
    /// <summary>True: it comes from a fork, whatever the sync makes of those.</summary>
    public bool OfFork { get; init; }

    /// <summary>What GitHub would make of it, with the base as it is.</summary>
    public string MergeRef => $"refs/pull/{Number}/merge";
}

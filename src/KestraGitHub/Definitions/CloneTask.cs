namespace KestraGitHub.Definitions;

/// <summary>A <c>Clone</c> task with every value rendered: a whole repository at one revision (plugin-git.md, section 2.1).</summary>
/// <param name="Git">Its directory is the whole repository; its branch is null for the remote's default.</param>
/// <param name="Commit">The beginning of a commit id, or all of it. It wins over <paramref name="Tag"/>, and that over the branch.</param>
/// <param name="Depth">Commits of history; null for all. Only a clone on a disk has a history.</param>
/// <param name="AllBranches">False: only <c>Git.Branch</c> is fetched.</param>
/// <param name="Directory">Where the files go, below the directory that is cloned into; without slashes around it, empty for that itself.</param>
public sealed record CloneTask(
    string Id, GitSource Git, string? Commit, string? Tag, int? Depth, bool AllBranches, bool NoTags, string Directory, TimeSpan? Timeout,
    RetryPolicy? Retry)
{
    /// <summary>What is looked for instead of the branch; null for the branch.</summary>
    public string? Revision => Commit ?? (Tag is null ? null : "refs/tags/" + Tag);
}

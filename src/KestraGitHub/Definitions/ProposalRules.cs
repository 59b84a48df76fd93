namespace KestraGitHub.Definitions;

/// <summary>How a sync brings changes to Git by a pull request of its own: <c>x-kestra-github.pullRequest</c>.</summary>
/// <param name="Title">Null: the commit's message, or what the edits are.</param>
/// <param name="Body">Stands before the table of changes; null for none.</param>
/// <param name="Reviewers">Logins, and teams as <c>org/team</c>.</param>
/// <param name="Base">What a push is to be merged into, where that is not the task's <c>branch</c>; then <c>branch</c> is the work branch.</param>
/// <param name="Branch">The work branch; null for one that is named after the sync.</param>
public sealed record ProposalRules(
    string? Title, string? Body, IReadOnlyList<string> Labels, IReadOnlyList<string> Reviewers, bool Draft, string? Base, string? Branch)
{
    public static ProposalRules Default { get; } = new(null, null, [], [], false, null, null);
}

/// <summary>What one task proposes, instead of pushing it: a work branch that is to be merged into the task's branch.</summary>
/// <param name="OwnBranch">True where the name of the branch is ours: then it goes with its pull request.</param>
public sealed record ProposalTarget(string WorkBranch, bool OwnBranch, ProposalRules Rules)
{
    /// <summary>The task with its branch as the one to merge into; as it is where it neither pushes by pull request nor keeps edits for one.</summary>
    internal static SyncTask Of(Definition definition, SyncTask task)
    {
        var (asked, git) = (definition.Options.Proposal, task.Git);
        if (task.Push is null && task.Policy is not { Direction: Reconciliation.Direction.GitToKestra, OnDrift: Reconciliation.OnDrift.PullRequest }) return task;
        if ((asked ?? (task.Push is null ? ProposalRules.Default : null)) is not { } rules) return task;
        // Edits go back to where they were read from, wherever pushes go.
        var into = task.Push is null ? git.Branch : rules.Base ?? git.Branch;
        var work = rules.Branch ?? (into == git.Branch ? null : git.Branch);
        return task with { Git = git with { Branch = into }, Proposal = new ProposalTarget(work ?? NameOf(definition.Key, task), work is null, rules) };
    }

    /// <summary>A loop's task has brackets in its name, which no branch may have.</summary>
    private static string NameOf(SyncKey sync, SyncTask task) =>
        "kestra-github/" + string.Join('/', new[] { sync.Tenant, sync.Namespace, sync.Flow, task.Name }.Select(Part));

    private static string Part(string name)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).Trim('.', '-');
        while (plain.Contains("..", StringComparison.Ordinal)) plain = plain.Replace("..", ".", StringComparison.Ordinal);
        return plain.EndsWith(".lock", StringComparison.Ordinal) ? plain + "-" : plain.Length == 0 ? "task" : plain;
    }
}

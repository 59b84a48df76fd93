namespace KestraGitHub.Reconciliation;

/// <summary>One file that a work branch changes.</summary>
/// <param name="Was">What the branch has that it is to be merged into: git's mode and the name of the bytes (<c>100644 1f7a…</c>); null for nothing.</param>
/// <param name="Now">The same of the work branch; null: the file goes.</param>
public sealed record ProposedFile(string Path, string? Was, string? Now);

/// <summary>What is to be done with a work branch.</summary>
public enum WorkStep
{
    /// <summary>It holds what it should.</summary>
    Keep,

    /// <summary>It is made anew, where the branch is that it is to be merged into: nothing is on it but ours.</summary>
    Rebuild,

    /// <summary>Somebody worked on it: one more commit, and nothing of theirs is lost.</summary>
    Append,

    /// <summary>There is nothing left to propose.</summary>
    End,
}

/// <summary>Decides what becomes of the branch that a pull request proposes. Pure: it is told what stands where.</summary>
/// <param name="Files">Of <see cref="WorkStep.Append"/>: what the commit changes there.</param>
/// <param name="Left">Paths that somebody changed on the work branch, and that stay as they are there.</param>
public sealed record WorkBranch(WorkStep Step, IReadOnlyList<ProposedFile> Files, IReadOnlyList<string> Left)
{
    /// <param name="wanted">All that is to be proposed, by path.</param>
    /// <param name="into">What the branch that it is to be merged into has at the paths of <paramref name="wanted"/> and <paramref name="before"/>.</param>
    /// <param name="before">What was proposed last; null where that is not known.</param>
    /// <param name="work">What the work branch has at those paths; null where there is no such branch.</param>
    /// <param name="ours">True where its last commit is the one that proposed <paramref name="before"/>.</param>
    public static WorkBranch Decide(
        IReadOnlyList<ProposedFile> wanted, IReadOnlyDictionary<string, string?> into, IReadOnlyList<ProposedFile>? before, IReadOnlyDictionary<string, string?>? work, bool ours)
    {
        if (wanted.Count == 0 && (work is null || ours || before is null)) return new(WorkStep.End, [], []);
        if (work is null) return new(WorkStep.Rebuild, [], []);
        // What was there before counts too: where it is another, the two would meet in the same file.
        if (ours) return new(InOrder(wanted).SequenceEqual(InOrder(before ?? [])) ? WorkStep.Keep : WorkStep.Rebuild, [], []);
        var (files, left) = (new List<ProposedFile>(), new List<string>());
        var last = (before ?? []).ToDictionary(f => f.Path, f => f.Now);
        foreach (var path in wanted.Select(f => f.Path).Union(last.Keys).Order(StringComparer.Ordinal))
        {
            var (held, goal) = (work.GetValueOrDefault(path), wanted.FirstOrDefault(f => f.Path == path) is { } file ? file.Now : into.GetValueOrDefault(path));
            if (held == goal) continue;
            // A branch that is not known is the user's own, made for just this; its history keeps what it had.
            if (before is null || held == (last.TryGetValue(path, out var proposed) ? proposed : into.GetValueOrDefault(path))) files.Add(new(path, held, goal));
            else left.Add(path);
        }

        return new(files.Count == 0 ? WorkStep.Keep : WorkStep.Append, files, left);
    }

    private static IEnumerable<ProposedFile> InOrder(IEnumerable<ProposedFile> files) => files.OrderBy(f => f.Path, StringComparer.Ordinal);
}

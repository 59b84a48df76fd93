using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>How a run speaks of commits and counts in its log.</summary>
internal static class LogWords
{
    public static string Short(string commit) => commit.Length > 7 ? commit[..7] : commit;

    /// <summary>The first few of them by name.</summary>
    public static string Named<T>(IReadOnlyCollection<T> things) => string.Join(", ", things.Take(5)) + (things.Count > 5 ? $" (and {things.Count - 5} more)" : "");

    public static string Counts(RunCounts c) => CountWords.Join(
        "nothing in scope on either side", (c.Added, "to add"), (c.Updated, "to update"), (c.Deleted, "to delete"), (c.Unchanged, "unchanged"), (c.Kept, "kept"),
        (c.Protected, "protected"), (c.Conflict, "in conflict"), (c.Invalid, "invalid"), (c.Ignored, "ignored"), (c.Skipped, "skipped"), (c.Failed, "missing in the source"));
}

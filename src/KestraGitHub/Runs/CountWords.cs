using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Numbers of a run in a person's words.</summary>
internal static class CountWords
{
    public static string Of(RunCounts c)
    {
        (int Count, string Word)[] parts =
        [
            (c.Added, "added"), (c.Updated, "updated"), (c.Deleted, "deleted"), (c.Unchanged, "unchanged"), (c.Kept, "kept"), (c.Protected, "protected"),
            (c.Invalid, "invalid"), (c.Conflict, "conflict"), (c.Ignored, "ignored"), (c.Skipped, "skipped"), (c.Failed, "failed"),
        ];
        var said = parts.Where(p => p.Count > 0).Select(p => $"{p.Count} {p.Word}").ToList();
        return said.Count > 0 ? string.Join(", ", said) : "nothing in scope on either side";
    }
}

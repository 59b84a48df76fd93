using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Numbers of a run in a person's words.</summary>
internal static class CountWords
{
    public static string Of(RunCounts c, string none = "nothing in scope on either side") => Join(
        none, (c.Added, "added"), (c.Updated, "updated"), (c.Deleted, "deleted"), (c.Unchanged, "unchanged"), (c.Kept, "kept"),
        (c.Protected, "protected"), (c.Invalid, "invalid"), (c.Conflict, "conflict"), (c.Ignored, "ignored"), (c.Skipped, "skipped"), (c.Failed, "failed"));

    /// <summary>Those that are not zero, in their order; <paramref name="none"/> where all are.</summary>
    public static string Join(string none, params ReadOnlySpan<(int Count, string Word)> parts)
    {
        var said = new List<string>();
        foreach (var (count, word) in parts)
            if (count > 0) said.Add($"{count} {word}");
        return said.Count > 0 ? string.Join(", ", said) : none;
    }
}

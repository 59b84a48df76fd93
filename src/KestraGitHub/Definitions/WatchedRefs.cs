namespace KestraGitHub.Definitions;

/// <summary>Says whether a push to a ref concerns a sync.</summary>
internal static class WatchedRefs
{
    private const string Heads = "refs/heads/";

    /// <param name="fullRef">As GitHub sends it: <c>refs/heads/main</c>.</param>
    /// <returns>Whether it does, and the reason in words a person reads.</returns>
    public static (bool Matches, string Reason) Matches(Definition definition, string fullRef)
    {
        if (!fullRef.StartsWith(Heads, StringComparison.Ordinal) || fullRef.Length == Heads.Length)
            return (false, "only pushes to branches start a sync");
        var branch = fullRef[Heads.Length..];
        var globs = definition.Options.Branches;
        if (globs.Count > 0) return (globs.Any(g => Glob.Matches(g, branch)), Watches(globs));
        return definition.TaskBranches is { } branches ? (branches.Contains(branch), Watches(branches)) : (true, Watches(["every branch"]));
    }

    private static string Watches(IReadOnlyList<string> names) => $"this sync watches {(names.Count > 0 ? string.Join(", ", names) : "no branch")}";
}

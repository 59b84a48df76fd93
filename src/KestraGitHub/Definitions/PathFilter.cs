namespace KestraGitHub.Definitions;

/// <summary>Says whether a push touched what a sync reads.</summary>
internal static class PathFilter
{
    /// <summary>No globs: every push does. Ask only with a list of changed paths that is known to be whole.</summary>
    public static bool Matches(IReadOnlyList<string> globs, IEnumerable<string> changed) =>
        globs.Count == 0 || changed.Any(path => globs.Any(glob => Glob.Matches(glob.TrimStart('/'), path)));
}

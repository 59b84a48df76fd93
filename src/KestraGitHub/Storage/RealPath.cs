namespace KestraGitHub.Storage;

/// <summary>A path without links. Every part of one may be a link, also of a link's target; the framework resolves only the last.</summary>
internal static class RealPath
{
    private const int LinkLimit = 40;

    /// <summary>Null where links lead in a circle. What is not there stays as it is.</summary>
    public static string? Of(string path)
    {
        var current = Path.GetPathRoot(path)!;
        var parts = new Stack<string>(Parts(path[current.Length..]));
        for (var links = 0; parts.TryPop(out var part);)
        {
            if (part == "..") current = Path.GetDirectoryName(current) ?? current;
            if (part is "." or "..") continue;
            var next = Path.Combine(current, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > LinkLimit) return null;
            if (Path.IsPathRooted(target)) current = Path.GetPathRoot(target)!;
            foreach (var below in Parts(target)) parts.Push(below);
        }

        return current;
    }

    // The last part first, so that the first is on top of the stack.
    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Reverse();
}

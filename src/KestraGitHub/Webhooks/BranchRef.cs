using System.Buffers;

namespace KestraGitHub.Webhooks;

/// <summary>Tells a branch from everything else that a push can name.</summary>
internal static class BranchRef
{
    public const string Prefix = "refs/heads/";

    private const int Longest = 1024;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 33).Select(i => (char)i), '\u007f', '~', '^', ':', '?', '*', '[', '\\']);

    /// <summary>Whether Git itself could have made this name. It will be handed to Git, so what looks like an option or a path out is none.</summary>
    public static bool IsBranch(string fullRef)
    {
        if (fullRef.Length > Longest || !fullRef.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var name = fullRef.AsSpan(Prefix.Length);
        if (name.IsEmpty || name[0] == '-' || name[^1] == '.' || name is "@" or "HEAD") return false;
        if (name.ContainsAny(Forbidden)) return false;
        if (name.Contains("..", StringComparison.Ordinal) || name.Contains("@{", StringComparison.Ordinal)) return false;

        foreach (var range in name.Split('/'))
        {
            var part = name[range];
            if (part.IsEmpty || part[0] == '.' || part.EndsWith(".lock", StringComparison.Ordinal)) return false;
        }

        return true;
    }

    /// <summary>A merge queue's own branches come and go, and hold what may never be merged.</summary>
    public static bool IsQueue(string fullRef) => fullRef.StartsWith("refs/heads/gh-readonly-queue/", StringComparison.Ordinal);
}

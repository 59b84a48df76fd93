namespace KestraGitHub.Reconciliation;

/// <summary>A commit id, branch or tag that someone asks for by name.</summary>
public static class RevisionName
{
    private const int MaxLength = 250;

    /// <summary>True for what git would take as a ref or a hex id and what can be no option, path or expression of git.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= MaxLength
        && text[0] is not ('-' or '/' or '.')
        && text[^1] is not ('/' or '.')
        && !text.Contains("..", StringComparison.Ordinal)
        && !text.Contains("//", StringComparison.Ordinal)
        && !text.Contains("@{", StringComparison.Ordinal)
        && !text.EndsWith(".lock", StringComparison.Ordinal)
        && text.All(c => c > ' ' && c != 0x7f && !"~^:?*[\\".Contains(c, StringComparison.Ordinal));
}

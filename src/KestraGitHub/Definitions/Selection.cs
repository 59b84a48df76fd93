using System.Text.RegularExpressions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>
/// Which objects of its scope a task speaks of. A flow is met by its id. A file is met by its path in the namespace, at any depth unless the pattern
/// begins with a slash, as Kestra's own tasks read it; <c>glob:</c> and <c>regex:</c> before a pattern say which of the two it is.
/// </summary>
public sealed record Selection(IReadOnlyList<string> Globs)
{
    public bool Matches(ResourceKey key) =>
        Globs.Any(g => key.Kind == ResourceKind.NamespaceFile ? MatchesPath(g, key.Id) : Glob.Matches(WithoutPrefix(g), key.Id));

    /// <summary>Why a pattern is none, or null.</summary>
    internal static string? Fault(string pattern)
    {
        try
        {
            if (Expression(pattern) is { } text) _ = new Regex(text, RegexOptions.NonBacktracking);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }

    private static bool MatchesPath(string pattern, string path)
    {
        if (Expression(pattern) is { } text)
            return Regex.IsMatch("/" + path, $@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        var glob = WithoutPrefix(pattern);
        return Glob.Matches(glob.StartsWith('/') ? glob[1..] : "**/" + glob, path);
    }

    private static string? Expression(string pattern) => pattern.StartsWith("regex:", StringComparison.Ordinal) ? pattern["regex:".Length..] : null;

    private static string WithoutPrefix(string pattern) => pattern.StartsWith("glob:", StringComparison.Ordinal) ? pattern["glob:".Length..] : pattern;
}

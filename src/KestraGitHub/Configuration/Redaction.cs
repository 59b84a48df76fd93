using System.Buffers;
using System.Text.RegularExpressions;

namespace KestraGitHub.Configuration;

/// <summary>
/// Takes secrets out of text that people read. It knows every value that this process was given as a secret, by whatever way, and the shapes of GitHub's tokens
/// and of private keys. Whoever writes free text to the log, to the database or into an answer passes it through here.
/// </summary>
public static partial class Redaction
{
    public const string Stars = "***";

    /// <summary>A shorter one would be found in words that are none.</summary>
    private const int Shortest = 6;

    /// <summary>Only lower-case letters may be a word of any sentence (<c>password</c>, <c>kestra</c>): they must be as long as this.</summary>
    private const int ShortestWord = 12;

    private static readonly string[] Shapes = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "PRIVATE KEY-----"];

    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal);
    private static volatile SearchValues<string> _search = SearchValues.Create(Shapes, StringComparison.Ordinal);

    // Longest first: a secret may begin with another one.
    private static volatile string[] _values = [];

    /// <summary>From now on <paramref name="secret"/> is taken out, as it stands and as an address would write it; of several lines each by itself too.</summary>
    public static void Learn(string secret)
    {
        if (secret.Length < Shortest) return;
        lock (Gate)
        {
            var before = Known.Count;
            foreach (var form in Forms(secret)) Known.Add(form);
            if (Known.Count == before) return;
            _values = [.. Known.OrderByDescending(k => k.Length)];
            _search = SearchValues.Create([.. Known, .. Shapes], StringComparison.Ordinal);
        }
    }

    /// <summary>True where <see cref="Clean"/> would find something.</summary>
    public static bool Finds(string text) => text.AsSpan().ContainsAny(_search) && Clean(text) != text;

    /// <summary>The text with stars in the place of every secret.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text)
    {
        if (string.IsNullOrEmpty(text) || !text.AsSpan().ContainsAny(_search)) return text;
        // By shape first: what is known may be the beginning of a longer one.
        text = Token().Replace(text, Stars);
        foreach (var value in _values) text = text.Replace(value, Stars, StringComparison.Ordinal);
        return text;
    }

    private static IEnumerable<string> Forms(string secret)
    {
        foreach (var part in secret.Contains('\n', StringComparison.Ordinal) ? secret.Split('\n').Append(secret) : [secret])
        {
            var text = part.Trim();
            if (text.Length < Shortest || text.StartsWith("-----", StringComparison.Ordinal) || (text.Length < ShortestWord && text.All(char.IsAsciiLetterLower))) continue;
            yield return text;
            if (Uri.EscapeDataString(text) is var escaped && escaped != text) yield return escaped;
        }
    }

    [GeneratedRegex(@"gh[pousr]_[A-Za-z0-9._-]{20,}|github_pat_[A-Za-z0-9_]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)")]
    private static partial Regex Token();
}

using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KestraGitHub.Dashboard;

/// <summary>A definition's text as it may be shown: what people typed for a password, a key or a token is stars, and no line moves.</summary>
internal static partial class SourceMask
{
    private const string Stars = "***";

    // A value of this length is no accident: it is struck out wherever else it stands.
    private const int TellingLength = 6;

    private static readonly string[] Exact = ["key", "pass", "pat", "pwd", "authorization"];

    private static readonly string[] Within = ["password", "passphrase", "privatekey", "token", "secret", "apikey", "credential", "extraheader"];

    /// <summary>Null when the text cannot be understood: then nothing of it is safe to show.</summary>
    public static IReadOnlyList<string>? Lines(string source)
    {
        var text = source.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        if (Secrets(text) is not { } secrets) return null;
        var shown = StrikeOut(text, secrets);
        var telling = secrets.Select(s => s.Value ?? "").Where(v => v.Length >= TellingLength && !v.Contains('\n', StringComparison.Ordinal));
        foreach (var value in telling.Distinct())
            shown = shown.Replace(value, Stars, StringComparison.Ordinal);
        return [.. shown.TrimEnd('\n').Split('\n').Select(line => InComments().Replace(UserInfo().Replace(line, $"$1{Stars}@"), $"$1{Stars}"))];
    }

    public static bool Hides(string name)
    {
        var plain = new string([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
        return Exact.Contains(plain) || Within.Any(w => plain.Contains(w, StringComparison.Ordinal));
    }

    private static List<YamlScalarNode>? Secrets(string text)
    {
        var found = new List<YamlScalarNode>();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            var seen = (Shown: Identities(), Hidden: Identities());
            foreach (var document in stream.Documents) Collect(document.RootNode, hidden: false, found, seen);
            return found;
        }
        catch (Exception e) when (e is YamlException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static HashSet<object> Identities() => new(ReferenceEqualityComparer.Instance);

    private static void Collect(YamlNode node, bool hidden, List<YamlScalarNode> found, (HashSet<object> Shown, HashSet<object> Hidden) seen)
    {
        // An alias may lead back to where it stands, and to what was shown elsewhere.
        if (!(hidden ? seen.Hidden : seen.Shown).Add(node)) return;
        switch (node)
        {
            case YamlScalarNode scalar when hidden && !Reference().IsMatch(scalar.Value ?? ""):
                found.Add(scalar);
                break;
            case YamlSequenceNode list:
                foreach (var item in list) Collect(item, hidden, found, seen);
                break;
            case YamlMappingNode map:
                foreach (var (key, value) in map)
                {
                    // "{{ … }}" without quotes is a map in a map to YAML: its text is a key.
                    if (hidden) Collect(key, hidden, found, seen);
                    Collect(value, hidden || (key is YamlScalarNode { Value: { } name } && Hides(name)), found, seen);
                }

                break;
        }
    }

    private static string StrikeOut(string text, IEnumerable<YamlScalarNode> secrets)
    {
        var shown = new StringBuilder(text);
        foreach (var (start, end) in secrets.Select(s => ((int)s.Start.Index, (int)s.End.Index)).OrderByDescending(s => s.Item1))
        {
            if (end <= start || end > text.Length) continue;
            var lines = text.AsSpan(start, end - start).Count('\n');
            shown.Remove(start, end - start).Insert(start, Stars + new string('\n', lines));
        }

        return shown.ToString();
    }

    // What only names a secret is worth seeing, and gives nothing away.
    [GeneratedRegex(@"^\s*\{\{\s*(secret\(\s*(['""])[\w.-]+\2\s*\)|envs\.\w+)\s*\}\}\s*$")]
    private static partial Regex Reference();

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]*://)[^/\s""']*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(
        @"(#.*?(?:password|passphrase|private_?key|token|secret|api_?key|credential|\bkey)[\w""']*\s*[:=]\s*).+$", RegexOptions.IgnoreCase)]
    private static partial Regex InComments();
}

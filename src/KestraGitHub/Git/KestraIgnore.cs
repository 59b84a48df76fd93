using System.Text;
using System.Text.RegularExpressions;

namespace KestraGitHub.Git;

/// <summary>A <c>.kestraignore</c> file: the rules of gitignore, for paths relative to the directory that holds it.</summary>
internal sealed class KestraIgnore
{
    public const string FileName = ".kestraignore";

    private readonly List<Rule> _rules = [];

    public KestraIgnore(string text)
    {
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
            if (Rule.Parse(line.EndsWith('\r') ? line[..^1] : line) is { } rule) _rules.Add(rule);
    }

    public static KestraIgnore Nothing { get; } = new("");

    /// <summary>The pattern that keeps a file out, or null. A file below an ignored directory stays out whatever comes after.</summary>
    public string? Match(string path)
    {
        if (_rules.Count == 0) return null;
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            if (MatchOne(path[..slash], directory: true) is { } pattern) return pattern;
        return MatchOne(path, directory: false);
    }

    private string? MatchOne(string path, bool directory)
    {
        for (var i = _rules.Count - 1; i >= 0; i--)
            if (_rules[i].IsMatch(path, directory)) return _rules[i].Negated ? null : _rules[i].Text;
        return null;
    }

    private sealed record Rule(string Text, bool Negated, bool OnlyDirectories, bool OnlyName, Regex Regex)
    {
        // A pattern is a user's text: it must not take long on any path.
        private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking;

        public bool IsMatch(string path, bool directory) =>
            (directory || !OnlyDirectories) && Regex.IsMatch(OnlyName ? path[(path.LastIndexOf('/') + 1)..] : path);

        public static Rule? Parse(string line)
        {
            var text = WithoutSpacesAtEnd(line);
            if (text.Length == 0 || text[0] == '#') return null;
            var pattern = text;
            var negated = pattern[0] == '!';
            if (negated) pattern = pattern[1..];
            var onlyDirectories = pattern.EndsWith('/');
            if (onlyDirectories) pattern = pattern[..^1];
            var onlyName = !pattern.Contains('/', StringComparison.Ordinal);
            if (pattern.StartsWith('/')) pattern = pattern[1..];
            if (pattern.Length == 0 || ToRegex(pattern) is not { } regex) return null;
            return new Rule(text, negated, onlyDirectories, onlyName, new Regex(regex, Options));
        }

        private static string WithoutSpacesAtEnd(string line)
        {
            var end = line.Length;
            while (end > 0 && line[end - 1] == ' ' && !Escaped(line, end - 1)) end--;
            return line[..end];
        }

        private static bool Escaped(string line, int at)
        {
            var slashes = 0;
            while (at - slashes - 1 >= 0 && line[at - slashes - 1] == '\\') slashes++;
            return slashes % 2 == 1;
        }

        /// <summary>Null for a pattern that can match nothing (an open bracket, a lone backslash at the end).</summary>
        private static string? ToRegex(string pattern)
        {
            var regex = new StringBuilder(@"\A");
            for (var i = 0; i < pattern.Length; i++)
            {
                var c = pattern[i];
                if (c == '*')
                {
                    var stars = 1;
                    while (i + 1 < pattern.Length && pattern[i + 1] == '*') (stars, i) = (stars + 1, i + 1);
                    var begins = i - stars < 0 || pattern[i - stars] == '/';
                    var ends = i + 1 == pattern.Length || pattern[i + 1] == '/';
                    if (stars < 2 || !begins || !ends) regex.Append("[^/]*");
                    else if (i + 1 == pattern.Length) regex.Append(".*");
                    else
                    {
                        regex.Append("(?:.*/)?");
                        i++;
                    }
                }
                else if (c == '?')
                {
                    regex.Append("[^/]");
                }
                else if (c == '[')
                {
                    var end = IgnoreBracket.Append(regex, pattern, i);
                    if (end < 0) return null;
                    i = end;
                }
                else
                {
                    if (c == '\\' && ++i == pattern.Length) return null;
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                }
            }

            return regex.Append(@"\z").ToString();
        }
    }
}

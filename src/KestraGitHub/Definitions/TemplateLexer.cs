using System.Text;
using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

internal enum TokenKind { Name, Text, Number, Symbol, End }

internal readonly record struct Token(TokenKind Kind, string Text, int End);

/// <summary>Cuts the inside of <c>{{ … }}</c> into tokens, up to the closing braces.</summary>
internal static partial class TemplateLexer
{
    private static readonly string[] TwoSigns = ["??", "==", "!=", "<=", ">=", "&&", "||", "}}"];

    /// <param name="at">Just behind the opening braces.</param>
    /// <returns>The tokens, the last one being <c>}}</c> (or <c>-}}</c> as its text).</returns>
    public static List<Token> Read(string text, int at)
    {
        var tokens = new List<Token>();
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at >= text.Length) throw new TemplateException($"The expression `{Shorten(text)}` does not end.", "Close it with `}}`.");
            var token = One(text, at);
            tokens.Add(token);
            at = token.End;
            if (token.Kind == TokenKind.End) return tokens;
        }
    }

    /// <summary>The expression as a message may show it: a text in quotes, but for the name of a secret or a variable, may be a password that somebody typed there.</summary>
    public static string Shorten(string text)
    {
        var shown = Literal().Replace(text, "$1***$1");
        return shown.Length <= 120 ? shown : shown[..120] + "…";
    }

    [GeneratedRegex("""(?<!(?:secret|env)\(\s*)(['"]).*?(?:\1|$)""", RegexOptions.Singleline)]
    private static partial Regex Literal();

    private static Token One(string text, int at)
    {
        var c = text[at];
        if (c is '\'' or '"') return Quoted(text, at, c);
        if (char.IsAsciiDigit(c) || (c == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            var end = at + 1;
            while (end < text.Length
                && (char.IsAsciiDigit(text[end]) || (text[end] == '.' && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1])))) end++;
            return new(TokenKind.Number, text[at..end], end);
        }

        if (char.IsAsciiLetter(c) || c == '_')
        {
            var end = at + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
            return new(TokenKind.Name, text[at..end], end);
        }

        if (c == '-' && string.CompareOrdinal(text, at + 1, "}}", 0, 2) == 0) return new(TokenKind.End, "-}}", at + 3);
        var two = TwoSigns.FirstOrDefault(s => string.CompareOrdinal(text, at, s, 0, 2) == 0);
        if (two is "}}") return new(TokenKind.End, two, at + 2);
        return two is null ? new(TokenKind.Symbol, c.ToString(), at + 1) : new(TokenKind.Symbol, two, at + 2);
    }

    private static Token Quoted(string text, int at, char quote)
    {
        var value = new StringBuilder();
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == quote) return new(TokenKind.Text, value.ToString(), i + 1);
            if (text[i] == '\\' && i + 1 < text.Length && (text[i + 1] is '\\' or '\'' or '"')) i++;
            value.Append(text[i]);
        }

        throw new TemplateException($"The expression `{Shorten(text)}` holds a text that does not end.", $"Close it with {quote}.");
    }
}

using System.Text;

namespace KestraGitHub.Definitions;

/// <summary>A text with <c>{{ … }}</c> in it, as far as a sync can know what stands there: a small, closed part of Kestra's Pebble.</summary>
internal sealed class Template
{
    private readonly List<(string? Text, Expression? Expression)> _parts = [];

    private Template(string source) => Source = source;

    public string Source { get; }

    public IEnumerable<Expression> Expressions => _parts.Where(p => p.Expression is not null).Select(p => p.Expression!);

    public static bool LooksLike(string? text) => text is not null
        && (text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal));

    /// <exception cref="TemplateException">It holds something that only Kestra itself can render.</exception>
    public static Template Parse(string text)
    {
        var template = new Template(text);
        var at = 0;
        var trimNext = false;
        while (at < text.Length)
        {
            var open = NextOpening(text, at);
            var literal = text[at..(open < 0 ? text.Length : open)];
            if (trimNext) literal = literal.TrimStart();
            trimNext = false;
            if (open < 0)
            {
                template.Add(literal);
                break;
            }

            if (text[open + 1] != '{')
                throw new TemplateException($"`{TemplateLexer.Shorten(text[open..])}` is a tag or a comment of Kestra's templates, and is not rendered here.",
                    "Write an expression in `{{ }}`, or the value itself.");
            var inside = open + 2;
            if (inside < text.Length && text[inside] == '-' && !(inside + 1 < text.Length && char.IsAsciiDigit(text[inside + 1])))
            {
                literal = literal.TrimEnd();
                inside++;
            }

            template.Add(literal);
            var tokens = TemplateLexer.Read(text, inside);
            at = tokens[^1].End;
            template._parts.Add((null, new ExpressionParser(tokens, text[open..at]).Parse()));
            trimNext = tokens[^1].Text.StartsWith('-');
        }

        return template;
    }

    public string Render(TemplateScope scope)
    {
        var value = Evaluate(scope);
        return value.Text ?? (value.Why is null ? "" : throw value.Why);
    }

    /// <summary>A lone expression keeps its null, so that <c>??</c> around a variable still sees it.</summary>
    public TemplateValue Evaluate(TemplateScope scope)
    {
        if (_parts is [(null, { } only)]) return scope.Evaluate(only);
        var text = new StringBuilder();
        foreach (var (literal, expression) in _parts)
        {
            if (literal is not null) text.Append(literal);
            if (expression is null) continue;
            var value = scope.Evaluate(expression);
            text.Append(value.Text ?? (value.Why is null ? "" : throw value.Why));
        }

        return TemplateValue.OfText(text.ToString());
    }

    private static int NextOpening(string text, int from)
    {
        for (var i = from; i + 1 < text.Length; i++)
            if (text[i] == '{' && (text[i + 1] is '{' or '%' or '#')) return i;
        return -1;
    }

    private void Add(string literal)
    {
        if (literal.Length > 0) _parts.Add((literal, null));
    }
}

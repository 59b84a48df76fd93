namespace KestraGitHub.Definitions;

/// <summary>Walks over the tokens of one expression, and words what is wrong with it.</summary>
internal sealed class TokenReader(List<Token> tokens, string source)
{
    private int _at;

    public Token Current => tokens[_at];

    public Token Next() => tokens[_at++];

    public bool Take(string symbol)
    {
        if (Current.Kind != TokenKind.Symbol || Current.Text != symbol) return false;
        _at++;
        return true;
    }

    public bool TakeName(string name)
    {
        if (Current.Kind != TokenKind.Name || Current.Text != name) return false;
        _at++;
        return true;
    }

    public void Expect(string symbol)
    {
        if (!Take(symbol)) throw Unexpected();
    }

    public string Name()
    {
        if (Current.Kind != TokenKind.Name) throw Unexpected();
        return Next().Text;
    }

    /// <summary>The name in front of <c>=</c>: an argument that is given by name.</summary>
    public string? TakeArgumentName()
    {
        if (Current.Kind != TokenKind.Name || tokens[_at + 1] is not { Kind: TokenKind.Symbol, Text: "=" }) return null;
        _at += 2;
        return tokens[_at - 2].Text;
    }

    public TemplateException Unexpected() => Current switch
    {
        { Kind: TokenKind.End } => Fail("ends too early", "Complete it."),
        { Text: "-" } => Fail("holds the operator `-`", "A name with a dash is written in brackets: `trigger.headers['x-github-event']`; nothing is calculated here."),
        { Text: "&&" or "||" } token => Fail($"holds `{token.Text}`, which is not known here", "Write `and`, or `or`."),
        { Kind: TokenKind.Symbol } token => Fail($"holds `{token.Text}`, which is not known here",
            "Known are paths, filters, `??`, `~`, comparisons, `and`, `or`, `not`, `is`, `contains` and `a ? b : c`."),
        var token => Fail($"cannot be read at `{token.Text}`", "Join values with `~`, or by several expressions one after the other."),
    };

    public TemplateException Fail(string what, string cure) => new($"The expression `{TemplateLexer.Shorten(source)}` {what}.", cure);
}

namespace KestraGitHub.Definitions;

/// <summary>Reads one expression by the precedence of Pebble's operators: <c>??</c> binds tighter than <c>~</c>, that than <c>|</c>, and so on down to <c>or</c>.</summary>
internal sealed class ExpressionParser
{
    private const int MaxDepth = 50;
    private const int MaxOperators = 200;
    private const int OfNot = 500;

    private static readonly Dictionary<string, int> Precedence = new(StringComparer.Ordinal)
    {
        ["or"] = 10, ["and"] = 15, ["is"] = 20, ["contains"] = 20, ["=="] = 30, ["equals"] = 30, ["!="] = 30, [">"] = 30, ["<"] = 30, [">="] = 30, ["<="] = 30,
        ["|"] = 100, ["~"] = 110, ["??"] = 120,
    };

    private static readonly string[] Tests = ["null", "empty", "defined"];

    private readonly TokenReader _tokens;
    private readonly ReferenceReader _references;
    private int _depth;
    private int _operators;

    public ExpressionParser(List<Token> tokens, string source)
    {
        _tokens = new TokenReader(tokens, source);
        _references = new ReferenceReader(_tokens, () => Read());
    }

    public Expression Parse()
    {
        var expression = Read();
        return _tokens.Current.Kind == TokenKind.End ? expression : throw _tokens.Unexpected();
    }

    private Expression Read(int least = 0)
    {
        if (++_depth > MaxDepth) throw _tokens.Fail("is nested too deep", "Simplify it.");
        Expression expression;
        if (_tokens.TakeName("not"))
        {
            Count();
            expression = new Expression.Not(Read(OfNot));
        }
        else
        {
            expression = _references.Parts(Operand());
        }

        while (_tokens.Current is { Kind: TokenKind.Name or TokenKind.Symbol, Text: var text } && Precedence.TryGetValue(text, out var precedence) && precedence >= least)
        {
            Count();
            _tokens.Next();
            expression = text switch
            {
                "|" => Filter(expression),
                "is" => Test(expression),
                "??" => new Expression.Coalesce(expression, Read(precedence + 1)),
                "equals" => new Expression.Binary("==", expression, Read(precedence + 1)),
                _ => new Expression.Binary(text, expression, Read(precedence + 1)),
            };
        }

        if (least == 0 && _tokens.Take("?"))
        {
            var then = Read();
            _tokens.Expect(":");
            expression = new Expression.Ternary(expression, then, Read());
        }

        _depth--;
        return expression;
    }

    // A chain is read in a loop, and evaluated by recursion.
    private void Count()
    {
        if (++_operators > MaxOperators) throw _tokens.Fail("is too long", "Simplify it.");
    }

    private Expression.Filter Filter(Expression input)
    {
        var name = _tokens.Name();
        if (!Filters.All.TryGetValue(name, out var filter))
            throw _tokens.Fail($"uses the filter `{name}`, which is not known here", Nearest.Cure(name, [.. Filters.All.Keys]));
        var arguments = new List<Expression>();
        if (_tokens.Take("("))
            while (!_tokens.Take(")"))
            {
                if (arguments.Count > 0) _tokens.Expect(",");
                _tokens.TakeArgumentName();
                arguments.Add(Read());
            }

        if (arguments.Count >= filter.Least && arguments.Count <= filter.Most) return new(name, input, arguments);
        throw _tokens.Fail($"gives the filter `{name}` {(arguments.Count == 0 ? "no" : arguments.Count > filter.Most && filter.Most == 0 ? "an" : "the wrong number of")} argument", $"Write {filter.Usage}.");
    }

    private Expression.Test Test(Expression input)
    {
        var negated = _tokens.TakeName("not");
        var name = _tokens.Name();
        return Tests.Contains(name) ? new(input, name, negated) : throw _tokens.Fail($"uses the test `{name}`, which is not known here", Nearest.Cure(name, Tests));
    }

    private Expression Operand()
    {
        var token = _tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Text:
                _tokens.Next();
                return new Expression.Literal(TemplateValue.OfText(token.Text));
            case TokenKind.Number:
                _tokens.Next();
                return new Expression.Literal(new(token.Text, token.Text));
            case TokenKind.Name when token.Text is "true" or "false":
                _tokens.Next();
                return new Expression.Literal(TemplateValue.OfFlag(token.Text == "true"));
            case TokenKind.Name when token.Text is "null" or "none":
                _tokens.Next();
                return new Expression.Literal(TemplateValue.Null);
            case TokenKind.Name:
                return _references.Read();
            case TokenKind.Symbol when _tokens.Take("("):
                var inner = Read();
                _tokens.Expect(")");
                return inner;
            case TokenKind.Symbol when _tokens.Take("["):
                return List();
            case TokenKind.Symbol when _tokens.Take("{"):
                return Map();
            default:
                throw _tokens.Unexpected();
        }
    }

    private Expression.ListOf List()
    {
        var items = new List<Expression>();
        while (!_tokens.Take("]"))
        {
            if (items.Count > 0) _tokens.Expect(",");
            Count();
            items.Add(Read());
        }

        return new(items);
    }

    private Expression.MapOf Map()
    {
        var members = new List<(Expression, Expression)>();
        while (!_tokens.Take("}"))
        {
            if (members.Count > 0) _tokens.Expect(",");
            Count();
            var key = Read(1);
            _tokens.Expect(":");
            members.Add((key, Read()));
        }

        return new(members);
    }
}

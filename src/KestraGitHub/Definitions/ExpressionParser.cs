namespace KestraGitHub.Definitions;

/// <summary>Reads the tokens of one expression. In Pebble <c>??</c> binds tighter than <c>|</c>.</summary>
internal sealed class ExpressionParser(List<Token> tokens, string source)
{
    private const int MaxDepth = 50;
    private const int MaxOperators = 200;

    private static readonly string[] Filters = ["default", "lower", "upper", "trim", "json"];
    private static readonly string[] Roots = ["secret", "envs", "flow", "vars", "trigger"];

    private int _at;
    private int _depth;
    private int _operators;

    private Token Current => tokens[_at];

    public Expression Parse()
    {
        var expression = Filtered();
        return Current.Kind == TokenKind.End ? expression : throw Unexpected();
    }

    private Expression Filtered()
    {
        if (++_depth > MaxDepth) throw Fail("is nested too deep", "Simplify it.");
        var expression = Coalesced();
        while (Take("|"))
        {
            Count();
            var name = Name();
            if (!Filters.Contains(name)) throw Fail($"uses the filter `{name}`, which is not known here", $"{Nearest.Cure(name, Filters)}");
            Expression? argument = null;
            if (Take("("))
            {
                if (!Take(")"))
                {
                    argument = Filtered();
                    Expect(")");
                }
            }

            if (argument is null == (name == "default"))
                throw Fail($"gives the filter `{name}` {(argument is null ? "no" : "an")} argument",
                    name == "default" ? "Write `default('…')`." : $"Write `{name}` alone.");
            expression = new Expression.Filter(name, expression, argument);
        }

        _depth--;
        return expression;
    }

    private Expression Coalesced()
    {
        var expression = Operand();
        while (Take("??"))
        {
            Count();
            expression = new Expression.Coalesce(expression, Operand());
        }

        return expression;
    }

    // A chain is read in a loop, and evaluated by recursion.
    private void Count()
    {
        if (++_operators > MaxOperators) throw Fail("is too long", "Simplify it.");
    }

    private Expression Operand()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Text:
                _at++;
                return new Expression.Literal(TemplateValue.OfText(token.Text));
            case TokenKind.Number:
                _at++;
                return new Expression.Literal(new(token.Text, token.Text));
            case TokenKind.Name when token.Text is "true" or "false":
                _at++;
                return new Expression.Literal(new(token.Text, token.Text));
            case TokenKind.Name when token.Text is "null" or "none":
                _at++;
                return new Expression.Literal(TemplateValue.Null);
            case TokenKind.Name:
                return Reference();
            case TokenKind.Symbol when token.Text == "(":
                _at++;
                var inner = Filtered();
                Expect(")");
                return inner;
            default:
                throw Unexpected();
        }
    }

    private Expression Reference()
    {
        var root = Name();
        if (root == "secret") return Secret();
        if (Current is { Kind: TokenKind.Symbol, Text: "(" })
            throw Fail($"calls the function `{root}`, which is not known here",
                "Only `secret('NAME')` is; write the value itself, or take it from `vars` or `envs`.");
        var path = Path();
        return root switch
        {
            "envs" when path is [{ IsIndex: false } name] => new Expression.Env(name.Text),
            "envs" => throw Fail("names no single environment value", "Write `envs.name`."),
            "flow" when path is [{ Text: "id" or "namespace" } member] => new Expression.Flow(member.Text),
            "flow" => throw Fail("uses a part of `flow` that is not known here", "Known are `flow.id` and `flow.namespace`."),
            "vars" when path.Count > 0 => new Expression.Variable(PayloadPath.Join(path)),
            "vars" => throw Fail("names no variable", "Write `vars.name`."),
            "trigger" => Payload(path),
            "inputs" => throw Fail("uses `inputs`, which a sync does not have: nobody is asked when a push starts it",
                "Take the value from `vars` or `envs`, or write it."),
            "outputs" or "taskrun" or "execution" or "task" or "kv" or "globals" or "namespace" or "labels" or "parent" or "parents" =>
                throw Fail($"uses `{root}`, which only a running execution of Kestra has",
                    "Take the value from `vars`, `envs`, `secret('NAME')` or `trigger.body`, or write it."),
            _ => throw Fail($"uses `{root}`, which is not known here", Nearest.Cure(root, Roots)),
        };
    }

    private Expression.SecretOf Secret()
    {
        Expect("(");
        if (Current.Kind != TokenKind.Text) throw Fail("names its secret by something else than a text", "Write `secret('NAME')`.");
        var name = Current.Text;
        _at++;
        Expect(")");
        return name.Length > 0 ? new(name) : throw Fail("names no secret", "Write `secret('NAME')`.");
    }

    private Expression.Payload Payload(List<PathStep> path)
    {
        if (path is not [{ Text: "body" or "headers", IsIndex: false }, _, ..])
            throw Fail("uses a part of `trigger` that is not known here",
                "Known are the values inside `trigger.body` and `trigger.headers`, such as `trigger.body.ref`.");
        return path[0].Text == "body" ? new(PayloadPath.Join(path)) : new(Header(path));
    }

    // Kestra gives each header as a list: its first value may be asked for by index, or not.
    private string Header(List<PathStep> path)
    {
        if (path[1].IsIndex || path.Count > 3 || (path.Count == 3 && path[2] is not { IsIndex: true, Text: "0" }))
            throw Fail("names no header", "Write `trigger.headers['X-GitHub-Event']`.");
        var name = path[1].Text.ToLowerInvariant();
        if (PayloadPath.IsSecretHeader(name))
            throw Fail($"uses the header `{name}`, which proves who sent the delivery and is not kept", "Use another value.");
        return PayloadPath.Join([path[0], new(name, false)]);
    }

    private List<PathStep> Path()
    {
        var path = new List<PathStep>();
        while (true)
        {
            if (Take("."))
            {
                path.Add(Current.Kind == TokenKind.Number && Current.Text.All(char.IsAsciiDigit) ? new(Current.Text, true)
                    : new(Peek(TokenKind.Name), false));
                _at++;
            }
            else if (Take("["))
            {
                path.Add(Current.Kind switch
                {
                    TokenKind.Text => new(Current.Text, false),
                    TokenKind.Number when Current.Text.All(char.IsAsciiDigit) => new(Current.Text, true),
                    _ => throw Fail("has something else than a text or a number in brackets", "Write `['name']` or `[0]`."),
                });
                _at++;
                Expect("]");
            }
            else
            {
                return path;
            }
        }
    }

    private string Name()
    {
        var name = Peek(TokenKind.Name);
        _at++;
        return name;
    }

    private string Peek(TokenKind kind) => Current.Kind == kind ? Current.Text : throw Unexpected();

    private bool Take(string symbol)
    {
        if (Current.Kind != TokenKind.Symbol || Current.Text != symbol) return false;
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol)) throw Unexpected();
    }

    private TemplateException Unexpected() => Current switch
    {
        { Kind: TokenKind.End } => Fail("ends too early", "Complete it."),
        { Text: "-" } => Fail("holds the operator `-`", "A name with a dash is written in brackets: `trigger.headers['x-github-event']`."),
        { Kind: TokenKind.Symbol } token =>
            Fail($"holds `{token.Text}`, which is not known here", "Known are paths, the filters default, lower, upper, trim and json, and `??`."),
        var token => Fail($"cannot be read at `{token.Text}`", "Join values by writing several expressions one after the other."),
    };

    private TemplateException Fail(string what, string cure) => new($"The expression `{TemplateLexer.Shorten(source)}` {what}.", cure);
}

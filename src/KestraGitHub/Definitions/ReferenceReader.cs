using System.Globalization;

namespace KestraGitHub.Definitions;

/// <summary>Reads what an expression names: a value of the flow, of a delivery, of a run, or a function.</summary>
/// <param name="read">Reads a whole expression, where one stands inside brackets.</param>
internal sealed class ReferenceReader(TokenReader tokens, Func<Expression> read)
{
    private static readonly string[] Roots = ["secret", "envs", "flow", "vars", "inputs", "labels", "trigger", "outputs", "taskrun", "item", "parent", "parents", "kv", "json", "now", "execution"];

    public Expression Read()
    {
        var root = tokens.Name();
        if (tokens.Current is { Kind: TokenKind.Symbol, Text: "(" }) return Parts(Call(root));
        if (root is "secret" or "kv" or "json" or "fromJson") throw tokens.Fail($"does not call `{root}`", $"Write `{root}('…')`.");
        var steps = Steps();
        return root switch
        {
            "envs" => steps is [Expression.Literal { Value.IsText: true } name] ? new Expression.Env(name.Value.Text!) : throw tokens.Fail("names no single environment value", "Write `envs.name`."),
            "flow" when steps is [Expression.Literal { Value.Text: "id" or "namespace" } member] => new Expression.Flow(member.Value.Text!),
            "flow" => throw tokens.Fail("uses a part of `flow` that is not known here", "Known are `flow.id` and `flow.namespace`."),
            "vars" or "inputs" or "labels" => Stored(root, steps),
            "trigger" => Payload(steps),
            "outputs" => steps is [Expression.Literal { Value.IsText: true }, _, ..] ? new Expression.Output(steps) : throw tokens.Fail("names no output of a task", "Write `outputs.task.commitId`."),
            "taskrun" or "item" or "parent" or "parents" => LoopItem(root, steps),
            "execution" when steps is [Expression.Literal { Value.Text: "id" or "startDate" } member] => new Expression.OfRun($"execution.{member.Value.Text}"),
            "execution" or "task" or "globals" or "namespace" or "kestra" or "error" or "errorLogs" or "tasks" or "states" => throw tokens.Fail(
                $"uses `{root}`, which only a running execution of Kestra has", "Take the value from `vars`, `inputs`, `envs`, `kv('NAME')`, `secret('NAME')` or `trigger.body`, or write it."),
            _ => throw tokens.Fail($"uses `{root}`, which is not known here", Nearest.Cure(root, Roots)),
        };
    }

    /// <summary>Members and items of a value that is known only when it is rendered.</summary>
    public Expression Parts(Expression input) => Steps().Aggregate(input, (value, step) => new Expression.Part(value, step));

    private Expression Call(string name)
    {
        switch (name)
        {
            case "secret":
                return Secret();
            case "kv":
                return Kv();
            case "now":
                Arguments(name, []);
                return new Expression.OfRun("now");
            case "json" or "fromJson":
                return Arguments(name, ["value"])[0] is { } value ? new Expression.OfJson(value) : throw tokens.Fail($"gives `{name}` no value", $"Write `{name}(vars.list)`.");
            default:
                throw tokens.Fail($"calls the function `{name}`, which is not known here",
                    "Known are `secret('NAME')`, `kv('NAME')`, `json('…')` and `now()`; write the value itself, or take it from `vars`, `inputs` or `envs`.");
        }
    }

    private Expression.SecretOf Secret()
    {
        tokens.Expect("(");
        if (tokens.Current.Kind != TokenKind.Text) throw tokens.Fail("names its secret by something else than a text", "Write `secret('NAME')`.");
        var name = tokens.Next().Text;
        tokens.Expect(")");
        return name.Length > 0 ? new(name) : throw tokens.Fail("names no secret", "Write `secret('NAME')`.");
    }

    private Expression.Kv Kv()
    {
        var arguments = Arguments("kv", ["key", "namespace", "errorOnMissing"]);
        return arguments[0] is { } key and not Expression.Literal { Value.Text: null or "" }
            ? new(key, arguments[1], arguments[2])
            : throw tokens.Fail("names no key", "Write `kv('NAME')`.");
    }

    private Expression?[] Arguments(string function, string[] names)
    {
        var given = new Expression?[names.Length];
        var count = 0;
        tokens.Expect("(");
        for (; !tokens.Take(")"); count++)
        {
            if (count > 0) tokens.Expect(",");
            var name = tokens.TakeArgumentName();
            var at = name is null ? count : Array.IndexOf(names, name);
            if (at < 0 || at >= names.Length || given[at] is not null)
                throw tokens.Fail(name is null ? $"gives `{function}` too many arguments" : $"gives `{function}` the argument `{name}`, which it does not take, or twice", names.Length == 0 ? $"Write `{function}()`." : $"It takes {string.Join(", ", names)}.");
            given[at] = read();
        }

        return given;
    }

    private Expression Stored(string root, List<Expression> steps)
    {
        var known = steps.TakeWhile(s => s is Expression.Literal).Select(s => StepOf((Expression.Literal)s)).ToList();
        if (known.Count == 0) throw tokens.Fail(root == "vars" ? "names no variable" : $"names none of the {root}", $"Write `{root}.name`.");
        return steps.Skip(known.Count).Aggregate((Expression)new Expression.Stored(root, known), (value, step) => new Expression.Part(value, step));
    }

    private Expression.Payload Payload(List<Expression> steps)
    {
        var path = steps.OfType<Expression.Literal>().Select(StepOf).ToList();
        if (path.Count < steps.Count || path is not [{ Text: "body" or "headers", IsIndex: false }, _, ..])
            throw tokens.Fail("uses a part of `trigger` that is not known here",
                "Known are the values inside `trigger.body` and `trigger.headers`, such as `trigger.body.ref`.");
        return path[0].Text == "body" ? new(PayloadPath.Join(path)) : new(Header(path));
    }

    // Kestra gives each header as a list: its first value may be asked for by index, or not.
    private string Header(List<PathStep> path)
    {
        if (path[1].IsIndex || path.Count > 3 || (path.Count == 3 && path[2] is not { IsIndex: true, Text: "0" }))
            throw tokens.Fail("names no header", "Write `trigger.headers['X-GitHub-Event']`.");
        var name = path[1].Text.ToLowerInvariant();
        if (PayloadPath.IsSecretHeader(name))
            throw tokens.Fail($"uses the header `{name}`, which proves who sent the delivery and is not kept", "Use another value.");
        return PayloadPath.Join([path[0], new(name, false)]);
    }

    /// <summary><c>taskrun.value</c> of ForEach, <c>item.value</c> of Loop, and those of the loops further out.</summary>
    private Expression LoopItem(string root, List<Expression> steps)
    {
        var rest = new Queue<string>(steps.OfType<Expression.Literal>().Select(s => s.Value.Text ?? ""));
        int? parent = null;
        if (rest.Count < steps.Count) rest.Clear();
        if (root == "item" && rest.TryPeek(out var outer) && outer is "parent" or "parents") parent = Parent(rest.Dequeue());
        else if (root is "parent" or "parents") parent = Parent(root);
        if (root is "parent" or "parents" && !(rest.TryDequeue(out var taskrun) && taskrun == "taskrun")) rest.Clear();
        rest.TryDequeue(out var member);
        var known = (root == "item", member) switch
        {
            (_, "value") => "value",
            (true, "index") or (false, "iteration") => "index",
            (true, "key") => "key",
            _ => throw tokens.Fail($"uses a part of `{root}` that is not known here",
                "Known are `taskrun.value`, `taskrun.iteration`, `parent.taskrun.value`, `parents[0].taskrun.value`, `item.value`, `item.index`, `item.key` and `item.parent.value`."),
        };
        Expression item = new Expression.LoopItem(known, parent, root == "item");
        return rest.Aggregate(item, (value, step) => new Expression.Part(value, new Expression.Literal(TemplateValue.OfText(step))));

        int Parent(string word) => word == "parent" ? 0
            : rest.TryDequeue(out var index) && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 100 ? number
            : throw tokens.Fail("counts no parent", "Write `parents[0].taskrun.value`.");
    }

    private List<Expression> Steps()
    {
        var steps = new List<Expression>();
        while (true)
        {
            if (steps.Count > YamlReader.MaxDepth) throw tokens.Fail("is too long", "Simplify it.");
            if (tokens.Take("."))
            {
                if (tokens.Current is not ({ Kind: TokenKind.Name } or { Kind: TokenKind.Number })) throw tokens.Unexpected();
                steps.AddRange(tokens.Current.Kind == TokenKind.Name ? [Literal(tokens.Next().Text, number: false)] : tokens.Next().Text.Split('.').Select(n => Literal(n, number: true)));
            }
            else if (tokens.Take("["))
            {
                steps.Add(read());
                tokens.Expect("]");
            }
            else
            {
                return steps;
            }
        }
    }

    private static Expression.Literal Literal(string text, bool number) => new(number ? new(text, text) : TemplateValue.OfText(text));

    private static PathStep StepOf(Expression.Literal step) => new(step.Value.Text ?? "null", !step.Value.IsText);
}

namespace KestraGitHub.Definitions;

/// <summary>What expressions can see.</summary>
/// <param name="run">Null while a definition is loaded, for values that must be known then.</param>
/// <param name="masked">True for what is shown: secrets, and what Kestra's key-value store holds, are stars then.</param>
internal sealed class TemplateScope(FlowValues flow, DefinitionEnvironment environment, RenderContext? run, bool masked = false)
{
    private const int MaxDepth = 16;
    private const int MaxExpansions = 1000;
    private const int MaxLength = 1 << 20;
    private const string Stars = "***";

    private int _depth;
    private int _expansions;

    public FlowValues Flow => flow;

    /// <summary>Where the rendered text stands among loops.</summary>
    public LoopPlace Place => run?.Place ?? LoopPlace.None;

    public TemplateValue Evaluate(Expression expression) => expression switch
    {
        Expression.Literal literal => literal.Value,
        Expression.ListOf list => TemplateValue.OfList(list.Items.Select(Evaluate)),
        Expression.MapOf map => TemplateValue.OfMap(map.Members.Select(m => (Known(m.Key).Text ?? "null", Evaluate(m.Value)))),
        Expression.SecretOf secret => TemplateValue.OfText(environment.Secret(secret.Name) is { } text ? masked ? Stars : text : throw NoSecret(secret.Name)),
        Expression.Env env => environment.Env(env.Name) is { } value
            ? TemplateValue.OfText(value)
            : TemplateValue.Missing(new($"`envs.{env.Name}` is not set.",
                $"Set ENV_{env.Name.ToUpperInvariant()} in the environment, or give a default: `envs.{env.Name} ?? '…'`.")),
        Expression.Flow { Member: "id" } => TemplateValue.OfText(flow.Key.Flow),
        Expression.Flow => TemplateValue.OfText(flow.Key.Namespace),
        Expression.Stored stored => Stored(stored),
        Expression.Payload value => Running($"trigger.{value.Path}", "when a delivery has come").Payload.TryGetValue(value.Path, out var json) ? TemplateValue.OfJson(json) : TemplateValue.Null,
        Expression.LoopItem item => Item(item),
        Expression.Output output => (Running("outputs", "while a run goes on").Outputs ?? throw NotYet("outputs", "in a run of the whole flow"))
            .Find([.. output.Steps.Select(Known)], Place, masked),
        Expression.Kv kv => Kv(kv),
        Expression.OfRun fact => OfRun(fact.Name, run?.Run ?? throw NotYet(fact.Name, "in a run of the whole flow")),
        Expression.OfJson json => Evaluate(json.Input) is { Text: { } text } input ? input.IsText ? TemplateValue.TryJson(text) ?? throw NoJson() : input : Evaluate(json.Input),
        Expression.Part part => Part(Evaluate(part.Input), Known(part.Step).Text ?? "null"),
        Expression.Not not => TemplateValue.OfFlag(!Operators.IsTrue(Evaluate(not.Input), "not")),
        Expression.Binary { Operator: "and" } b => TemplateValue.OfFlag(Operators.IsTrue(Evaluate(b.Left), "and") && Operators.IsTrue(Evaluate(b.Right), "and")),
        Expression.Binary { Operator: "or" } b => TemplateValue.OfFlag(Operators.IsTrue(Evaluate(b.Left), "or") || Operators.IsTrue(Evaluate(b.Right), "or")),
        Expression.Binary b => Bounded(Operators.Apply(b.Operator, Evaluate(b.Left), Evaluate(b.Right))),
        Expression.Coalesce either => Evaluate(either.Left) is { Text: not null } left ? left : Evaluate(either.Right),
        Expression.Ternary t => Operators.IsTrue(Evaluate(t.Condition), "? :") ? Evaluate(t.Then) : Evaluate(t.Else),
        Expression.Test test => TemplateValue.OfFlag(Operators.Is(test.Name, Evaluate(test.Input)) != test.Negated),
        Expression.Filter { Name: "default" } filter => Evaluate(filter.Input) is { IsEmpty: false } input ? input : Evaluate(filter.Arguments[0]),
        Expression.Filter filter => Bounded(Filters.All[filter.Name].Apply(Evaluate(filter.Input), [.. filter.Arguments.Select(Known)])),
        _ => throw new InvalidOperationException(expression.GetType().Name),
    };

    /// <summary>A value of the file: a text is rendered, what stands unquoted keeps its type, lists and maps become JSON.</summary>
    public TemplateValue Evaluate(PropertyValue value) => value switch
    {
        ScalarValue { Text: null } => TemplateValue.Null,
        ScalarValue { Text: { } text } when Template.LooksLike(text) || text.Contains("{#", StringComparison.Ordinal) => Template.Parse(text).Evaluate(this),
        ScalarValue { Text: { } text, Plain: true } when PropertyChecker.Boolean(text) is { } flag => TemplateValue.OfFlag(flag),
        ScalarValue { Text: { } text, Plain: true } when TemplateValue.TryJson(text) is { Number: not null } number => number,
        ScalarValue { Text: { } text } => TemplateValue.OfText(text),
        ListValue list => TemplateValue.OfList(list.Items.Select(i => Known(Evaluate(i)))),
        MapValue map => TemplateValue.OfMap(map.Members.Select(m => (m.Key, Known(Evaluate(m.Value))))),
        _ => throw new InvalidOperationException(value.GetType().Name),
    };

    public static TemplateException NoSecret(string name) =>
        new($"The secret `{name}` does not exist.", $"Set SECRET_{name.ToUpperInvariant()} in the environment, its value in base64; what is no base64 counts as missing.");

    private static TemplateException NoJson() => new("`json` was given a text that is no JSON.", "Write a JSON list or map into it.");

    private static TemplateException NotYet(string what, string when) => new($"`{what}` is known only {when}.",
        "Write a value that is known before: a text, `secret('NAME')`, `envs` or `vars`.");

    private RenderContext Running(string what, string when) => run ?? throw NotYet(what, when);

    private TemplateValue Known(Expression expression) => Known(Evaluate(expression));

    private static TemplateValue Known(TemplateValue value) => value.Why is null ? value : throw value.Why;

    // A template may double a text as often as it likes.
    private static TemplateValue Bounded(TemplateValue value) =>
        value.Json.Length <= MaxLength ? value : throw new TemplateException($"An expression makes a text of more than {MaxLength} characters.", "Make it shorter.");

    private static TemplateValue Part(TemplateValue value, string step) => value.Why is not null ? value
        : value.Part(step) ?? TemplateValue.Missing(new($"The value has no part `{step}`.", $"Look at what it holds, or give a default: `… ?? ''`."));

    private static TemplateValue OfRun(string name, RunFacts facts) => TemplateValue.OfText(name switch
    {
        "execution.id" => facts.Id,
        "execution.startDate" => Moment(facts.Started),
        _ => Moment(facts.Now),
    });

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private TemplateValue Item(Expression.LoopItem item)
    {
        Running("taskrun.value", "while a run goes on");
        if (Place.Find(item) is not { } frame)
            return TemplateValue.Missing(new("There is no such loop around the task.", "Put the task into a ForEach or Loop, or write the value."));
        return item.Member switch
        {
            "index" => TemplateValue.OfNumber(frame.Index),
            "key" => frame.Key is { } key ? TemplateValue.OfText(key) : TemplateValue.Missing(new($"The values of {frame.Loop} are a list, and have no keys.", "Write `item.value`.")),
            _ => item.OfItem ? TemplateValue.OfJson(frame.Json) : TemplateValue.OfText(frame.Value),
        };
    }

    private TemplateValue Kv(Expression.Kv kv)
    {
        if (masked) return TemplateValue.OfText(Stars);
        var name = new KvName(Known(kv.Key).Text ?? "", kv.Namespace is null ? null : Known(kv.Namespace).Text);
        if (!Running("kv", "while a run goes on").Kv.TryGetValue(name, out var json)) throw new FactNeededException(new NeededFact.Kv(name));
        if (json is not null) return TemplateValue.OfJson(json);
        if (kv.ErrorOnMissing is { } asked && !Operators.IsTrue(Evaluate(asked), "errorOnMissing")) return TemplateValue.Null;
        throw new TemplateException(
            $"Kestra holds no value by the key `{name.Key}` in the namespace {name.Namespace ?? flow.Key.Namespace}{(name.Namespace is null ? " or above it" : "")}, or it has expired.",
            $"Set it in Kestra, or do without: `kv('{name.Key}', errorOnMissing=false) ?? '…'`.");
    }

    // Variables may use variables: depth ends a circle, the count ends one that doubles at every step.
    private TemplateValue Stored(Expression.Stored stored)
    {
        var (value, left) = flow.Find(stored.Root, stored.Path, run?.TriggerId);
        var input = stored.Root == "inputs" ? flow.Input(stored.Path[0].Text) : null;
        if (value is null) return TemplateValue.Missing(Absent(stored, input));
        if (_depth >= MaxDepth || ++_expansions > MaxExpansions)
            throw new TemplateException($"The variable `{PayloadPath.Join(stored.Path)}` uses variables without end.", "Break the circle.");
        _depth++;
        try
        {
            var rendered = Evaluate(value);
            return left.Aggregate(input?.Typed(rendered) ?? rendered, (whole, step) => Part(whole, step.Text));
        }
        finally
        {
            _depth--;
        }
    }

    private TemplateException Absent(Expression.Stored stored, FlowInput? input)
    {
        var path = PayloadPath.Join(stored.Path);
        if (input is not null) return new($"The input `{path}` has no value: nobody is asked when a push starts a sync.", $"Give it `defaults`, or write `inputs.{path} ?? '…'`.");
        var (one, place) = stored.Root switch { "vars" => ("variable", "variables"), "inputs" => ("input", "inputs"), _ => ("label", "labels") };
        var known = flow.NamesOf(stored.Root);
        return new($"The flow has no {one} `{path}`.", known.Count > 0 ? Nearest.Cure(path, Paths(stored.Root)) : $"Add it under `{place}`.");
    }

    private IReadOnlyCollection<string> Paths(string root) => root == "vars" ? PropertyPaths.Of(flow.Variables) : flow.NamesOf(root);
}

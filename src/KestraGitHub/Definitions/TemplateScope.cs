namespace KestraGitHub.Definitions;

/// <summary>What expressions can see.</summary>
/// <param name="payload">Null while a definition is loaded, for values that must be known then.</param>
internal sealed class TemplateScope(
    SyncKey key, IReadOnlyDictionary<string, string> variables, DefinitionEnvironment environment, IReadOnlyDictionary<string, string>? payload)
{
    private const int MaxDepth = 16;
    private const int MaxExpansions = 1000;

    private int _depth;
    private int _expansions;

    public TemplateValue Evaluate(Expression expression) => expression switch
    {
        Expression.Literal literal => literal.Value,
        Expression.SecretOf secret => TemplateValue.OfText(environment.Secret(secret.Name) ?? throw NoSecret(secret.Name)),
        Expression.Env env => environment.Env(env.Name) is { } value
            ? TemplateValue.OfText(value)
            : TemplateValue.Missing(new($"`envs.{env.Name}` is not set.",
                $"Set ENV_{env.Name.ToUpperInvariant()} in the environment, or give a default: `envs.{env.Name} ?? '…'`.")),
        Expression.Flow { Member: "id" } => TemplateValue.OfText(key.Flow),
        Expression.Flow => TemplateValue.OfText(key.Namespace),
        Expression.Variable variable => Variable(variable.Path),
        Expression.Payload value when payload is null =>
            throw new TemplateException($"`trigger.{value.Path}` is known only when a delivery has come.",
                "Write a value that is known before: a text, `secret('NAME')`, `envs` or `vars`."),
        Expression.Payload value => payload.TryGetValue(value.Path, out var json) ? TemplateValue.OfJson(json) : TemplateValue.Null,
        Expression.Coalesce either => Evaluate(either.Left) is { Text: not null } left ? left : Evaluate(either.Right),
        Expression.Filter { Name: "default" } filter => Evaluate(filter.Input) is { Text: not null } input && input.Text.Trim().Length > 0 ? input
            : Evaluate(filter.Argument!),
        Expression.Filter filter => Apply(filter.Name, Evaluate(filter.Input)),
        _ => throw new InvalidOperationException(expression.GetType().Name),
    };

    public static TemplateException NoSecret(string name) =>
        new($"The secret `{name}` does not exist.", $"Set SECRET_{name.ToUpperInvariant()} in the environment, its value in base64.");

    private static TemplateValue Apply(string filter, TemplateValue value) => (filter, value.Text) switch
    {
        ("json", null) when value.Why is null => new("null", "null"),
        (_, null) => value,
        ("json", _) => new(value.Json, value.Json),
        ("lower", var text) => TemplateValue.OfText(text.ToLowerInvariant()),
        ("upper", var text) => TemplateValue.OfText(text.ToUpperInvariant()),
        (_, var text) => TemplateValue.OfText(text.Trim()),
    };

    // Variables may use variables: depth ends a circle, the count ends one that doubles at every step.
    private TemplateValue Variable(string path)
    {
        if (!variables.TryGetValue(path, out var text))
            return TemplateValue.Missing(new($"The flow has no variable `{path}` that is a text.",
                variables.Count > 0 ? Nearest.Cure(path, [.. variables.Keys]) : "Add it under `variables`."));
        if (_depth >= MaxDepth || ++_expansions > MaxExpansions)
            throw new TemplateException($"The variable `{path}` uses variables without end.", "Break the circle.");
        _depth++;
        try
        {
            return Template.Parse(text).Evaluate(this);
        }
        finally
        {
            _depth--;
        }
    }
}

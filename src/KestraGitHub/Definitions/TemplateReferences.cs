namespace KestraGitHub.Definitions;

/// <summary>What a template draws on, also through variables.</summary>
internal sealed class TemplateReferences
{
    public SortedSet<string> Secrets { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Payload { get; } = new(StringComparer.Ordinal);

    public List<Expression.Output> Outputs { get; } = [];

    public bool UsesKv { get; private set; }

    public bool UsesLoop { get; private set; }

    /// <summary>True where the run itself counts: its id, the time.</summary>
    public bool UsesRun { get; private set; }

    /// <summary>True where an input counts that a trigger may give.</summary>
    public bool UsesTriggerInput { get; private set; }

    /// <exception cref="TemplateException">A variable that it uses cannot be read.</exception>
    public static TemplateReferences Of(Template template, FlowValues flow)
    {
        var found = new TemplateReferences();
        found.Follow([template], flow);
        return found;
    }

    /// <summary>The same of a value with all that it holds.</summary>
    public static TemplateReferences Of(PropertyValue value, FlowValues flow)
    {
        var found = new TemplateReferences();
        found.Follow(TemplatesIn(value), flow);
        return found;
    }

    /// <summary>True where only a run knows what it renders to.</summary>
    public bool NeedsRun(LoopPlace place) => Payload.Count > 0 || Outputs.Count > 0 || UsesKv || UsesRun || UsesTriggerInput || (UsesLoop && (place.IsUnknown || place.Frame is null));

    private void Follow(IEnumerable<Template> templates, FlowValues flow)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<Template>(templates);
        while (waiting.TryDequeue(out var next))
            foreach (var expression in next.Expressions.SelectMany(e => e.All())) Note(expression, flow, seen, waiting);
    }

    private void Note(Expression expression, FlowValues flow, HashSet<string> seen, Queue<Template> waiting)
    {
        switch (expression)
        {
            case Expression.SecretOf secret:
                Secrets.Add(secret.Name);
                break;
            case Expression.Payload payload:
                Payload.Add(payload.Path);
                break;
            case Expression.Output output:
                Outputs.Add(output);
                break;
            case Expression.Kv:
                UsesKv = true;
                break;
            case Expression.OfRun:
                UsesRun = true;
                break;
            case Expression.LoopItem:
                UsesLoop = true;
                break;
            case Expression.Stored stored when seen.Add($"{stored.Root}.{PayloadPath.Join(stored.Path)}"):
                var input = stored.Root == "inputs" ? flow.Input(stored.Path[0].Text) : null;
                UsesTriggerInput |= input is { ByTrigger.Count: > 0 };
                IEnumerable<PropertyValue?> values = [flow.Find(stored.Root, stored.Path, null).Value, .. input?.ByTrigger.Values ?? []];
                foreach (var template in values.OfType<PropertyValue>().SelectMany(TemplatesIn)) waiting.Enqueue(template);
                break;
        }
    }

    private static IEnumerable<Template> TemplatesIn(PropertyValue value) => value switch
    {
        ScalarValue { Text: { } text } when Template.LooksLike(text) || text.Contains("{#", StringComparison.Ordinal) => [Template.Parse(text)],
        ListValue list => list.Items.SelectMany(TemplatesIn),
        MapValue map => map.Members.SelectMany(m => TemplatesIn(m.Value)),
        _ => [],
    };
}

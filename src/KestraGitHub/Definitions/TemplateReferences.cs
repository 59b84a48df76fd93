namespace KestraGitHub.Definitions;

/// <summary>What a template draws on, also through variables.</summary>
internal sealed class TemplateReferences
{
    public SortedSet<string> Secrets { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Payload { get; } = new(StringComparer.Ordinal);

    /// <exception cref="TemplateException">A variable that it uses cannot be read.</exception>
    public static TemplateReferences Of(Template template, IReadOnlyDictionary<string, string> variables)
    {
        var found = new TemplateReferences();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<Template>([template]);
        while (waiting.TryDequeue(out var next))
        {
            foreach (var expression in next.Expressions.SelectMany(e => e.All()))
            {
                if (expression is Expression.SecretOf secret) found.Secrets.Add(secret.Name);
                if (expression is Expression.Payload payload) found.Payload.Add(payload.Path);
                if (expression is Expression.Variable v && seen.Add(v.Path) && variables.TryGetValue(v.Path, out var text))
                    waiting.Enqueue(Template.Parse(text));
            }
        }

        return found;
    }
}

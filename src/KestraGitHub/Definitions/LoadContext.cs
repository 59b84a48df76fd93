namespace KestraGitHub.Definitions;

/// <summary>What is at hand, and what was found, while one file is loaded.</summary>
internal sealed class LoadContext(string file, DefinitionEnvironment environment)
{
    public string File => file;

    public DefinitionEnvironment Environment => environment;

    public FaultList Faults { get; } = new(file);

    public FaultList Warnings { get; } = new(file);

    public SortedSet<string> Secrets { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Payload { get; } = new(StringComparer.Ordinal);

    public SyncKey Key => Values.Key;

    public FlowValues Values { get; set; } = FlowValues.Of(new SyncKey(environment.Tenant, "unknown", "unknown"));

    /// <summary>Renders a value that must be known when the definition loads; null, with a fault, where it is not.</summary>
    public string? Render(string what, ScalarValue value)
    {
        try
        {
            var template = Template.Parse(value.Text ?? "");
            Secrets.UnionWith(TemplateReferences.Of(template, Values).Secrets);
            return template.Render(new TemplateScope(Values, environment, run: null));
        }
        catch (TemplateException e)
        {
            Faults.Add(value, $"{what}: {e.Message}", e.Cure);
            return null;
        }
    }

    /// <summary>A boolean that must be known when the definition loads; <paramref name="fallback"/> where it is absent or wrong.</summary>
    public bool Flag(string what, PropertyValue? value, bool fallback)
    {
        if (value is null or ScalarValue { Text: null }) return fallback;
        if (value is not ScalarValue scalar || (Render(what, scalar) is { } text && PropertyChecker.Boolean(text) is null))
        {
            Faults.Add(value, $"{what} is neither true nor false.", "Write `true` or `false`.");
            return fallback;
        }

        return Render(what, scalar) is { } rendered ? PropertyChecker.Boolean(rendered) ?? fallback : fallback;
    }
}

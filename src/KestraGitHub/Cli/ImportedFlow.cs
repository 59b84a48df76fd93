using KestraGitHub.Definitions;

namespace KestraGitHub.Cli;

/// <summary>A flow of Kestra that holds tasks of the git plugin, looked at as a definition.</summary>
/// <param name="File">Where it belongs in the folder of definitions.</param>
/// <param name="State"><c>ready</c>: it loads; <c>faulty</c>: it has to be mended first; <c>left</c>: it stays in Kestra, which <paramref name="Why"/> says.</param>
/// <param name="Tasks">Short types of the git tasks that would run.</param>
/// <param name="Secrets">Names that the environment of the service must have.</param>
/// <param name="Webhooks">Paths of its hooks at the service; a key is a secret, so its trigger stands in its place.</param>
internal sealed record ImportedFlow(
    string Namespace, string Flow, string File, string State, string? Why, IReadOnlyList<string> Tasks, IReadOnlyList<string> Secrets, IReadOnlyList<string> Webhooks,
    bool Disabled, IReadOnlyList<Fault> Faults, IReadOnlyList<Fault> Warnings)
{
    public const string Ready = "ready";
    public const string Faulty = "faulty";
    public const string Left = "left";

    private static readonly string[] OfExecutions = ["Clone", "PushExecutionFiles"];

    /// <summary>Null for a flow without a task of the plugin.</summary>
    public static ImportedFlow? Of(string text, DefinitionEnvironment environment)
    {
        if (!text.Contains(GitTasks.Prefix, StringComparison.Ordinal)) return null;
        var types = TypesIn(text);
        if (types.Count == 0) return null;
        var parsed = DefinitionParser.Parse("flow.yaml", System.Text.Encoding.UTF8.GetBytes(text), environment);
        if ((parsed.Key ?? LikelyIdentity.Of(text, environment.Tenant)) is not { } key)
            return new("", "", "", Left, "it has no id and namespace that could be the name of a file", types, [], [], false, [], []);
        var file = $"{key.Namespace}/{key.Flow}.yaml";
        if (types.All(OfExecutions.Contains))
            return new(key.Namespace, key.Flow, file, Left, $"its only git task is {string.Join(", ", types)}, which works on the files of an execution: Kestra goes on to run it", types, [], [], false, [], []);
        var definition = parsed.Definition;
        return new(
            key.Namespace, key.Flow, file, definition is null ? Faulty : Ready, null, types, definition?.SecretNames ?? [],
            [.. (definition?.Webhooks ?? []).Where(w => !w.Disabled).Select(w => $"/webhook/{key.Tenant}/{key.Namespace}/{key.Flow}/<key of {w.Id}>")],
            definition?.Disabled ?? false, [.. parsed.Faults.Select(f => f with { File = file })], [.. (definition?.Warnings ?? []).Select(f => f with { File = file })]);
    }

    /// <summary>Short types of all tasks of the plugin, wherever the flow nests them; comments and texts do not count.</summary>
    private static List<string> TypesIn(string text)
    {
        var found = new List<string>();
        Look(YamlReader.Read(text, new FaultList("flow.yaml")));
        return [.. found.Distinct().Order(StringComparer.Ordinal)];

        void Look(PropertyValue? value)
        {
            if (value is ListValue list)
                foreach (var item in list.Items) Look(item);
            if (value is not MapValue map) return;
            if (map["type"] is ScalarValue { Text: { } type } && type.StartsWith(GitTasks.Prefix, StringComparison.Ordinal)) found.Add(type[GitTasks.Prefix.Length..]);
            foreach (var (_, member) in map.Members) Look(member);
        }
    }
}

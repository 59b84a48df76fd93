namespace KestraGitHub.Definitions;

/// <summary>Turns a Kestra flow file into a definition, or into everything that is wrong with it. Never throws for what a file may hold.</summary>
internal static class DefinitionParser
{
    /// <param name="file">Path relative to the folder of definitions; only for messages and for the catalog.</param>
    public static ParsedDefinition Parse(string file, ReadOnlyMemory<byte> content, DefinitionEnvironment environment)
    {
        var load = new LoadContext(file, environment);
        if (YamlText.Decode(content.Span, load.Faults) is not { } text) return new(null, null, load.Faults.InOrder());
        if (YamlReader.Read(text, load.Faults) is not { } root)
            return new(null, null, load.Faults.InOrder()) { Likely = LikelyIdentity.Of(text, environment.Tenant) };
        if (root is not MapValue flow)
        {
            load.Faults.Add(root, "The file is no flow: its top level is no map.", "Start it with `id:`, `namespace:` and `tasks:`.");
            return new(null, null, load.Faults.InOrder());
        }

        var key = Identify(flow, load);
        if (key is { } known) load.Values = FlowValues.Of(known);
        var definition = Read(flow, text, load);
        return load.Faults.Count == 0 ? new(key, definition, []) : new(key, null, load.Faults.InOrder());
    }

    private static SyncKey? Identify(MapValue flow, LoadContext load)
    {
        var tenant = OptionsReader.Tenant(flow, load);
        var id = Name(flow, "id", Names.IsFlowId, "Use letters, digits, dots, dashes and underscores, at most 100, a letter or digit first.", load);
        var ns = Name(flow, "namespace", Names.IsNamespace,
            "Use lower-case letters, digits, dots, dashes and underscores, at most 150, a letter or digit first.", load);
        return tenant is null || id is null || ns is null ? null : new SyncKey(tenant, ns, id);
    }

    private static string? Name(MapValue flow, string member, Func<string, bool> isValid, string cure, LoadContext load)
    {
        if (flow[member] is null or ScalarValue { Text: null })
            load.Faults.Add(flow[member] ?? flow, $"The flow has no {member}.", $"Add `{member}:`.");
        else if (flow[member] is ScalarValue { Text: { } text } && isValid(text)) return text;
        else load.Faults.Add(flow[member]!, $"The {member} of the flow is not one that Kestra takes.", cure);
        return null;
    }

    private static Definition Read(MapValue flow, string text, LoadContext load)
    {
        load.Values = load.Values with { Variables = VariablesReader.Variables(flow["variables"], load.Faults), Labels = VariablesReader.Labels(flow["labels"]) };
        var defaults = PluginDefaults.Read(flow, load.Faults);
        var triggers = new TriggerReader(load, defaults);
        load.Values = load.Values with { Inputs = InputsReader.Read(flow["inputs"], TriggerReader.InputsOf(flow["triggers"]), load.Faults) };
        var options = OptionsReader.Read(flow, load);
        var body = ReadTasks(flow, load, defaults);
        CheckMembers(flow, load);
        triggers.Read(flow["triggers"]);
        FlowInspector.Inspect(body, load);
        var tasks = FlowTrial.Of(body, load);

        string[] switches = ["disabled", "draft", "deleted"];
        var disabled = Array.FindAll(switches, name => load.Flag($"`{name}`", flow[name], false)).Length > 0;
        var description = (flow["description"] as ScalarValue)?.Text;
        var definition = new Definition(
            load.Key, load.File, text, description, disabled, [.. body.SelectMany(n => n.All()).Select(n => n.Task)], triggers.Webhooks, triggers.Schedules, options, [],
            [.. load.Payload], load.Values)
        {
            Body = body,
            TaskBranches = FlowInspector.Branches(tasks, options.Proposal?.Base, load),
            Repositories = NamedRepositories.Of(tasks, load),
            SecretNames = [.. load.Secrets],
        };
        foreach (var (task, place) in tasks.Where(t => t.Task.Standing == TaskStanding.Runs))
            TaskRenderer.Try(definition, task, place, load.Environment, load.Faults, load.Warnings);
        return definition with { Warnings = load.Warnings.InOrder() };
    }

    private static List<FlowNode> ReadTasks(MapValue flow, LoadContext load, PluginDefaults defaults)
    {
        var reader = new TaskReader(load, defaults);
        if (flow["tasks"] is not (null or ListValue or ScalarValue { Text: null }))
            load.Faults.Add(flow["tasks"]!, "`tasks` is no list.", "Write each task after a dash.");
        var tasks = reader.Read(flow["tasks"]);
        foreach (var member in FlowMembers.Aside) reader.RefuseGitIn(member, flow[member]);
        if (!reader.SawGit)
            load.Faults.Add(flow["tasks"] ?? flow, $"The flow describes no sync: it has no task of {GitTasks.Prefix}*.",
                "Add one, such as SyncFlows, or move the file out of the folder of definitions.");
        return tasks;
    }

    private static void CheckMembers(MapValue flow, LoadContext load)
    {
        for (var i = 0; i < flow.Members.Count && !load.Faults.IsFull; i++)
        {
            var name = flow.Members[i].Key;
            if (!FlowMembers.Flow.TryGetValue(name, out var effect))
                load.Faults.Add(flow.PlaceOf(i), $"`{name}` is no member of a flow.", Nearest.Cure(name, [.. FlowMembers.Flow.Keys]));
            else if (effect.Length > 0)
                load.Warnings.Add(flow.PlaceOf(i), $"`{name}` has no effect here: {effect}.", "Keep it only if Kestra runs the flow too.");
        }
    }
}

namespace KestraGitHub.Definitions;

/// <summary>Reads the tasks of a flow: which of them are a sync, what stands around those, and whether they are written as Kestra wants them.</summary>
internal sealed class TaskReader(LoadContext load, PluginDefaults defaults)
{
    private readonly HashSet<string> _ids = [];
    private (MapValue Map, string Id, string Type)? _gate;

    /// <summary>True once a git task was seen, even one that cannot be taken.</summary>
    public bool SawGit { get; private set; }

    /// <param name="off">True inside a task that is disabled.</param>
    public List<FlowNode> Read(PropertyValue? tasks, bool off = false)
    {
        var read = new List<FlowNode>();
        if (tasks is not ListValue list) return read;
        foreach (var item in list.Items)
            if (ReadOne(item, off) is { } task) read.Add(task);
        return read;
    }

    /// <summary>Tasks that run when others fail, or afterwards: no sync runs them, so none of them may be one.</summary>
    public void RefuseGitIn(string member, PropertyValue? value)
    {
        if (value is null || FindGit(value) is not { } git) return;
        SawGit = true;
        load.Faults.Add(git, $"The task {Text(git, "id")} ({Text(git, "type")}) stands under `{member}`, which a sync does not run.",
            "Move it to `tasks`.");
    }

    private FlowNode? ReadOne(PropertyValue item, bool off)
    {
        if (item is not MapValue map || Text(map, "type") is not { } type)
        {
            load.Faults.Add(item, "A task has no type.", "Write `id:` and `type:`.");
            return null;
        }

        var id = Text(map, "id");
        if (id is null) load.Faults.Add(item, "A task has no id.", "Add `id:`.");
        else if (!Names.IsTaskId(id)) load.Faults.Add(map["id"]!, "The id of a task is none.", "Use letters, digits, dashes and underscores.");
        else if (!_ids.Add(id)) load.Faults.Add(map["id"]!, $"Two tasks have the id {id}.", "Give one of them another id.");
        if (id is null || !Names.IsTaskId(id)) id = $"at line {item.Line}";
        if (type.StartsWith(GitTasks.Prefix, StringComparison.Ordinal)) return ReadGit(defaults.Apply(map), id, type, off);
        if (CoreTasks.Find(type) is { } core && FindGit(map) is not null) return ReadShape(defaults.Apply(map), id, type, core, off);
        return CoreTasks.IsLog(type) || CoreTasks.IsReturn(type)
            ? new FlowNode.Leaf(Declare(map, id, type, IsOff(map, id, off) ? TaskStanding.Disabled : TaskStanding.Local))
            : ReadForeign(map, id, type, off);
    }

    private FlowNode.Leaf? ReadForeign(MapValue map, string id, string type, bool off)
    {
        if (FindGit(map) is { } git)
        {
            SawGit = true;
            load.Faults.Add(git, $"The task {Text(git, "id")} ({Text(git, "type")}) stands inside {id} ({type}), which cannot be carried out here.",
                $"Write it directly under `tasks`, or inside one of {CoreTasks.Names}.");
            return null;
        }

        load.Warnings.Add(map, $"The task {id} ({type}) is no task of the git plugin; a run skips it.", "Keep it in a flow of its own, in Kestra.");
        off |= map["disabled"] is ScalarValue { Text: { } text } && PropertyChecker.Boolean(text) == true;
        if (CoreTasks.IsGate(type) && !off) _gate = (map, id, type);
        return new(Declare(map, id, type, off ? TaskStanding.Disabled : TaskStanding.Foreign));
    }

    private FlowNode ReadShape(MapValue map, string id, string type, CoreTask core, bool off)
    {
        PropertyChecker.Check(map, $"the task {id}", [.. core.Properties, .. CoreTasks.Common], load.Faults);
        foreach (var member in CoreTasks.Aside) RefuseGitIn(member, map[member]);
        if (map["breakWhen"] is { } until and not ScalarValue { Text: null })
            load.Faults.Add(until, $"`breakWhen` of the task {id} is not carried out.", "Remove it, or give the loop the values that it is to have.");
        var limit = Text(map, "concurrencyLimit");
        if (core.IsParallel || (limit is not null && limit != "1"))
            load.Warnings.Add(map, $"The tasks in {id} are not run at the same time, but one after the other in the order of the file.", "Count on no other order.");
        WarnOfFailure(map, id);
        off = IsOff(map, id, off);
        var task = Declare(map, id, type, off ? TaskStanding.Disabled : TaskStanding.Local);
        return core.Shape switch
        {
            FlowShape.Group => new FlowNode.Group(task, Children(map, "tasks", id, off)),
            FlowShape.Loop => new FlowNode.Loop(task, map[core.Values!] ?? new ScalarValue(null, true, map.Line, map.Column), Children(map, "tasks", id, off)),
            FlowShape.If => new FlowNode.Choice(task, On(map, core), [new("true", Children(map, "then", id, off)), .. Else(map, "else", id, off)]),
            _ => new FlowNode.Choice(task, On(map, core),
                [.. (map["cases"] as MapValue)?.Members.Select(m => new FlowCase(m.Key, Read(m.Value, off))) ?? [], .. Else(map, "defaults", id, off)]),
        };
    }

    private static PropertyValue On(MapValue map, CoreTask core) => map[core.Values!] ?? new ScalarValue(null, true, map.Line, map.Column);

    private IEnumerable<FlowCase> Else(MapValue map, string member, string id, bool off) =>
        map[member] is null or ScalarValue { Text: null } ? [] : [new FlowCase(null, Children(map, member, id, off))];

    private List<FlowNode> Children(MapValue map, string member, string id, bool off)
    {
        if (map[member] is not (null or ListValue or ScalarValue { Text: null }))
            load.Faults.Add(map[member]!, $"`{member}` of the task {id} is no list.", "Write each task after a dash.");
        return Read(map[member], off);
    }

    private FlowNode.Leaf? ReadGit(MapValue map, string id, string type, bool off)
    {
        SawGit = true;
        var name = type[GitTasks.Prefix.Length..];
        if (!GitTasks.All.TryGetValue(name, out var specs))
        {
            load.Faults.Add(map["type"]!, $"The git plugin has no task `{name}`.", Nearest.Cure(name, [.. GitTasks.All.Keys]));
            return null;
        }

        PropertyChecker.Check(map, $"the task {id}", [.. specs, .. GitTasks.Common], load.Faults);
        if (map["pluginDefaultsRef"] is { } reference)
            load.Faults.Add(reference, $"`pluginDefaultsRef` of the task {id} is not carried out.", "Write the values at the task.");
        WarnOfFailure(map, id);
        if (_gate is { } gate)
            load.Faults.Add(gate.Map, $"The task {gate.Id} ({gate.Type}) holds up what follows it, as {id}; a sync skips it, and would go on without it.",
                $"Remove it, disable it, or guard {id} with `runIf` or an If; what only a person may start is started by hand.");
        _gate = null;
        if (IsOff(map, id, off)) return new(Declare(map, id, type, TaskStanding.Disabled));
        if (DeprecatedTasks.Refusal(name, id, map) is not { } refusal) return new(Declare(map, id, type, TaskStanding.Runs));
        load.Faults.Add(map["type"]!, $"The task {id} cannot run: {refusal.Reason}", refusal.Cure);
        return null;
    }

    private void WarnOfFailure(MapValue map, string id)
    {
        if (map["allowFailure"] is ScalarValue { Text: { } allow } && PropertyChecker.Boolean(allow) != false)
            load.Warnings.Add(map["allowFailure"]!, $"The task {id} allows its failure; a failed sync is always reported as failed.",
                "Remove `allowFailure`.");
    }

    private bool IsOff(MapValue map, string id, bool off) =>
        load.Flag($"`disabled` of the task {id}", map["disabled"], false) || off
        || (map["runIf"] is ScalarValue { Text: { } condition } && PropertyChecker.Boolean(condition) == false);

    private static TaskDeclaration Declare(MapValue map, string id, string type, TaskStanding standing) =>
        new(id, type, standing, map.Members.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal), map.Line);

    private static string? Text(MapValue map, string name) => (map[name] as ScalarValue)?.Text;

    private static MapValue? FindGit(PropertyValue value) => value switch
    {
        MapValue map when Text(map, "type")?.StartsWith(GitTasks.Prefix, StringComparison.Ordinal) == true => map,
        MapValue map => map.Members.Select(m => FindGit(m.Value)).FirstOrDefault(g => g is not null),
        ListValue list => list.Items.Select(FindGit).FirstOrDefault(g => g is not null),
        _ => null,
    };
}

namespace KestraGitHub.Definitions;

/// <summary>Reads the tasks of a flow: which of them are a sync, and whether they are written as Kestra wants them.</summary>
internal sealed class TaskReader(LoadContext load, PluginDefaults defaults)
{
    private readonly HashSet<string> _ids = [];

    /// <summary>True once a git task was seen, even one that cannot be taken.</summary>
    public bool SawGit { get; private set; }

    public List<TaskDeclaration> Read(PropertyValue? tasks)
    {
        var read = new List<TaskDeclaration>();
        if (tasks is not ListValue list) return read;
        foreach (var item in list.Items)
            if (ReadOne(item) is { } task) read.Add(task);
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

    private TaskDeclaration? ReadOne(PropertyValue item)
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
        return type.StartsWith(GitTasks.Prefix, StringComparison.Ordinal) ? ReadGit(defaults.Apply(map), id, type) : ReadForeign(map, id, type);
    }

    private TaskDeclaration? ReadForeign(MapValue map, string id, string type)
    {
        if (FindGit(map) is { } git)
        {
            SawGit = true;
            load.Faults.Add(git, $"The task {Text(git, "id")} ({Text(git, "type")}) stands inside {id} ({type}), which cannot be carried out here.",
                "Write it directly under `tasks`.");
            return null;
        }

        load.Warnings.Add(map, $"The task {id} ({type}) is no task of the git plugin; a run skips it.", "Keep it in a flow of its own, in Kestra.");
        var off = map["disabled"] is ScalarValue { Text: { } text } && PropertyChecker.Boolean(text) == true;
        return Declare(map, id, type, off ? TaskStanding.Disabled : TaskStanding.Foreign);
    }

    private TaskDeclaration? ReadGit(MapValue map, string id, string type)
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
        if (map["allowFailure"] is ScalarValue { Text: { } allow } && PropertyChecker.Boolean(allow) != false)
            load.Warnings.Add(map["allowFailure"]!, $"The task {id} allows its failure; a failed sync is always reported as failed.",
                "Remove `allowFailure`.");
        var standing = Standing(map, id, name);
        if (standing != TaskStanding.NotBuilt || DeprecatedTasks.Refusal(name, id, map) is not { } refusal) return Declare(map, id, type, standing);
        load.Faults.Add(map["type"]!, $"The task {id} cannot run: {refusal.Reason}", refusal.Cure);
        return null;
    }

    private TaskStanding Standing(MapValue map, string id, string name)
    {
        if (load.Flag($"`disabled` of the task {id}", map["disabled"], false)) return TaskStanding.Disabled;
        if (map["runIf"] is ScalarValue { Text: { } condition } runIf)
        {
            if (PropertyChecker.Boolean(condition) == false) return TaskStanding.Disabled;
            if (PropertyChecker.Boolean(condition) is null)
                load.Faults.Add(runIf, $"`runIf` of the task {id} cannot be evaluated here.", "Remove it, or write `true` or `false`.");
        }

        if (GitTasks.Built.Contains(name)) return TaskStanding.Runs;
        if (DeprecatedTasks.Refusal(name, id, map) is null)
            load.Warnings.Add(map, $"The task {id} is not carried out yet: `{name}` is not built, and its run fails.", "Run it in Kestra until it is.");
        return TaskStanding.NotBuilt;
    }

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

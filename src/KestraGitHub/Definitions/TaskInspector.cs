using System.Collections.ObjectModel;

namespace KestraGitHub.Definitions;

/// <summary>Looks through the expressions of the git tasks: what they draw on, and what of that cannot be.</summary>
internal static class TaskInspector
{
    public static void Inspect(TaskDeclaration task, LoadContext load)
    {
        if (task.Standing is not (TaskStanding.Runs or TaskStanding.NotBuilt)) return;
        foreach (var name in GitTasks.All[task.ShortType].Select(s => s.Name).Append("timeout").Append("retry"))
            if (task.Properties.TryGetValue(name, out var value)) Inspect(task, name, value, load);
    }

    /// <summary>Branches that the tasks read; null when one of them may read any.</summary>
    public static IReadOnlyList<string>? Branches(IEnumerable<TaskDeclaration> tasks, LoadContext load)
    {
        var branches = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var task in tasks.Where(t => t.Standing is TaskStanding.Runs or TaskStanding.NotBuilt))
        {
            if (Branch(task, load) is not { } branch) return null;
            branches.Add(branch);
        }

        return [.. branches];
    }

    private static string? Branch(TaskDeclaration task, LoadContext load)
    {
        var text = (task.Properties.GetValueOrDefault("branch") as ScalarValue)?.Text
            ?? GitTasks.All[task.ShortType].FirstOrDefault(s => s.Name == "branch")?.Default;
        if (text is null) return null;
        try
        {
            var template = Template.Parse(text);
            if (TemplateReferences.Of(template, load.Variables).Payload.Count > 0) return null;
            var scope = new TemplateScope(load.Key, load.Variables, load.Environment, ReadOnlyDictionary<string, string>.Empty);
            return GitSourceRenderer.ShortBranch(template.Render(scope).Trim());
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    private static void Inspect(TaskDeclaration task, string path, PropertyValue value, LoadContext load)
    {
        switch (value)
        {
            case MapValue map:
                foreach (var (name, member) in map.Members) Inspect(task, $"{path}.{name}", member, load);
                break;
            case ListValue list:
                foreach (var item in list.Items) Inspect(task, path, item, load);
                break;
            case ScalarValue { Text: { } text } when Template.LooksLike(text) || text.Contains("{#", StringComparison.Ordinal):
                InspectText(task, path, text, value, load);
                break;
        }
    }

    private static void InspectText(TaskDeclaration task, string path, string text, PropertyValue at, LoadContext load)
    {
        var where = $"`{path}` of the task {task.Id}";
        try
        {
            var used = TemplateReferences.Of(Template.Parse(text), load.Variables);
            load.Secrets.UnionWith(used.Secrets);
            if (task.Standing == TaskStanding.Runs) load.Payload.UnionWith(used.Payload);
            foreach (var name in used.Secrets.Where(s => load.Environment.Secret(s) is null))
            {
                var missing = TemplateScope.NoSecret(name);
                load.Faults.Add(at, $"{where}: {missing.Message}", missing.Cure);
            }
        }
        catch (TemplateException e)
        {
            // A task that is not built fails by name anyway; what its expressions may use is its own affair until then.
            (task.Standing == TaskStanding.Runs ? load.Faults : load.Warnings).Add(at, $"{where}: {e.Message}", e.Cure);
        }
    }
}

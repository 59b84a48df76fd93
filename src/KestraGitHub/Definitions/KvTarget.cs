using System.Globalization;

namespace KestraGitHub.Definitions;

/// <summary>
/// Which Kestra <c>kv('…')</c> is asked of. In Kestra it is the server that runs the flow; here that is the definition's target, and where none is configured
/// the one server that the tasks themselves name.
/// </summary>
internal static class KvTarget
{
    /// <exception cref="RenderException">There is none, or more than one.</exception>
    public static KestraTarget Of(Definition definition, RenderContext context)
    {
        if (context.Environment.Targets.GetValueOrDefault(definition.Options.Kestra ?? "") is { } configured) return configured;
        var named = definition.Tasks.Where(t => t.Standing == TaskStanding.Runs).Select(t => Named(definition, t, context)).OfType<KestraTarget>()
            .DistinctBy(t => t.Url).ToList();
        return named is [{ } one] ? one : throw new RenderException(new Fault(definition.File, 0, 0,
            named.Count == 0 ? "The flow uses `kv`, and no Kestra is configured to ask." : string.Create(CultureInfo.InvariantCulture, $"The flow uses `kv`, and its tasks name {named.Count} servers of Kestra to ask."),
            "Set `Kestra:Url` (environment: Kestra__Url), or pick a target with `x-kestra-github.kestra`."));
    }

    private static KestraTarget? Named(Definition definition, TaskDeclaration task, RenderContext context)
    {
        if (!task.Properties.ContainsKey("kestraUrl")) return null;
        var faults = new FaultList(definition.File);
        try
        {
            var values = new TaskValues(
                $"the task {task.Id}", task.Properties, (task.Line, 1), GitTasks.All[task.ShortType], new TemplateScope(definition.Values, context.Environment, context), faults, trial: false);
            var target = KestraTargetRenderer.Render(values, definition, context.Environment);
            return faults.Count == 0 ? target : null;
        }
        catch (FactNeededException)
        {
            return null; // it depends on what is asked for here
        }
    }
}

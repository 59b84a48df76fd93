using static KestraGitHub.Definitions.PropertyKind;

namespace KestraGitHub.Definitions;

internal enum FlowShape { Group, Loop, If, Switch }

/// <param name="Values">Name of the property that says for what, or on what.</param>
internal sealed record CoreTask(FlowShape Shape, string? Values, IReadOnlyList<PropertySpec> Properties)
{
    /// <summary>True where Kestra may run its tasks at the same time.</summary>
    public bool IsParallel { get; init; }
}

/// <summary>The tasks of Kestra's core that may stand around git tasks, and those that are evaluated here.</summary>
internal static class CoreTasks
{
    private static readonly string[] Prefixes = ["io.kestra.plugin.core.flow.", "io.kestra.core.tasks.flows."];
    private static readonly PropertySpec Tasks = new("tasks", Any, Required: true);
    private static readonly PropertySpec[] Limits = [new("concurrencyLimit", Number, "1")];

    private static readonly Dictionary<string, CoreTask> Shapes = new(StringComparer.Ordinal)
    {
        ["Sequential"] = new(FlowShape.Group, null, [Tasks]),
        ["Parallel"] = new(FlowShape.Group, null, [Tasks, new("concurrent", Number, "0")]) { IsParallel = true },
        ["WorkingDirectory"] = new(FlowShape.Group, null,
            [Tasks, new("cache", Map), new("inputFiles", ObjectOrText), new("namespaceFiles", Map), new("outputFiles", Any), new("cacheTTL"), new("storage", Any)]),
        ["ForEach"] = new(FlowShape.Loop, "values", [Tasks, new("values", Any, Required: true), .. Limits]),
        ["Loop"] = new(FlowShape.Loop, "values",
            [Tasks, new("values", Any, Required: true), .. Limits, new("transmitFailed", PropertyKind.Flag), new("outputs", Any), new("fetchType"), new("breakWhen")]),
        ["EachSequential"] = new(FlowShape.Loop, "value", [Tasks, new("value", Any, Required: true)]),
        ["EachParallel"] = new(FlowShape.Loop, "value", [Tasks, new("value", Any, Required: true), new("concurrent", Number, "0")]) { IsParallel = true },
        ["If"] = new(FlowShape.If, "condition", [new("condition", Any, Required: true), new("then", Any, Required: true), new("else", Any)]),
        ["Switch"] = new(FlowShape.Switch, "value", [new("value", Any, Required: true), new("cases", Map), new("defaults", Any)]),
    };

    /// <summary>Members of such a task that hold tasks which no sync runs.</summary>
    public static IReadOnlyList<string> Aside { get; } = ["errors", "finally"];

    public static IReadOnlyList<PropertySpec> Common { get; } = [.. GitTasks.Common, new("errors", Any), new("finally", Any)];

    /// <summary>True for tasks that hold up what follows them, until somebody agrees or something holds: without them it must not run.</summary>
    public static bool IsGate(string type) => type is "io.kestra.plugin.core.flow.Pause" or "io.kestra.core.tasks.flows.Pause" or "io.kestra.plugin.core.flow.Approval"
        or "io.kestra.plugin.core.execution.Fail" or "io.kestra.plugin.core.execution.Assert" or "io.kestra.plugin.core.flow.WaitFor" or "io.kestra.core.tasks.executions.Fail";

    public static string Names { get; } = string.Join(", ", Shapes.Keys);

    public static CoreTask? Find(string type) =>
        Prefixes.FirstOrDefault(p => type.StartsWith(p, StringComparison.Ordinal)) is { } prefix ? Shapes.GetValueOrDefault(type[prefix.Length..]) : null;

    public static bool IsLog(string type) => type is "io.kestra.plugin.core.log.Log" or "io.kestra.core.tasks.log.Log";

    public static bool IsReturn(string type) => type is "io.kestra.plugin.core.debug.Return" or "io.kestra.core.tasks.debugs.Return";
}

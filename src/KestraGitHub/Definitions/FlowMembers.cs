using static KestraGitHub.Definitions.PropertyKind;

namespace KestraGitHub.Definitions;

/// <summary>What Kestra knows on a flow and on its two triggers that start a sync.</summary>
internal static class FlowMembers
{
    public const string Own = "x-kestra-github";

    /// <summary>The value says what becomes of the member here; empty where it is carried out, or means nothing to a sync.</summary>
    public static IReadOnlyDictionary<string, string> Flow { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["id"] = "", ["namespace"] = "", ["description"] = "", ["labels"] = "", ["inputs"] = "", ["outputs"] = "", ["variables"] = "", ["tasks"] = "",
        ["triggers"] = "", ["concurrency"] = "", ["disabled"] = "", ["revision"] = "", ["workerGroup"] = "", ["workerSelector"] = "",
        ["pluginDefaults"] = "", ["taskDefaults"] = "", ["tenantId"] = "", ["updated"] = "", ["source"] = "", ["assets"] = "", ["policyRefs"] = "",
        ["errors"] = "its tasks are not run", ["finally"] = "its tasks are not run", ["afterExecution"] = "its tasks are not run",
        ["listeners"] = "its tasks are not run", ["retry"] = "only a task's own retry counts", ["sla"] = "it is not watched", ["checks"] = "they are not made",
        ["draft"] = "", ["deleted"] = "", [Own] = "",
    };

    /// <summary>Members of a flow that hold tasks which a sync does not run.</summary>
    public static IReadOnlyList<string> Aside { get; } = ["errors", "finally", "afterExecution", "listeners"];

    public static IReadOnlyList<PropertySpec> Schedule { get; } =
    [
        new("allowConcurrent", Flag, "false"), new("backfill", Map), new("conditions", Any), new("cron", Required: true), new("inputs", Map),
        new("lateMaximumDelay"), new("pluginDefaultsRef"), new("recoverMissedSchedules", Enum: ["LAST", "NONE", "ALL"]), new("scheduleConditions", Any),
        new("stopAfter", TextList), new("timezone", Default: "UTC"), new("when", Any, "true"), new("withSeconds", Flag, "false"),
    ];

    public static IReadOnlyList<PropertySpec> Webhook { get; } =
    [
        new("allowConcurrent", Flag, "false"), new("conditions", Any), new("fetchType", Enum: ["NONE", "FETCH", "STORE"], Default: "FETCH"),
        new("inputs", Map), new("key", Required: true), new("pluginDefaultsRef"), new("responseCode", Number),
        new("responseContentType", Enum: ["application/json", "text/plain"]), new("returnOutputs", Flag, "false"), new("stopAfter", TextList),
        new("wait", Flag, "false"), new("when", Any, "true"),
    ];

    public static IReadOnlyList<PropertySpec> TriggerCommon { get; } =
    [
        new("id", Required: true), new("type", Required: true), new("description"), new("disabled", Flag, "false"), new("labels", Any), new("logLevel"),
        new("minLogLevel"), new("logToFile", Flag), new("policyRefs", Any), new("version"), new("workerGroup", Map),
        new("workerSelector", Map), new("assets", Any), new("failOnTriggerError", Flag),
    ];

    public static bool IsWebhook(string type) => type is "io.kestra.plugin.core.trigger.Webhook" or "io.kestra.core.models.triggers.types.Webhook";

    public static bool IsSchedule(string type) => type is "io.kestra.plugin.core.trigger.Schedule" or "io.kestra.core.models.triggers.types.Schedule";
}

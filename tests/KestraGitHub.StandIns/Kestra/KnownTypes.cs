namespace KestraGitHub.StandIns.Kestra;

/// <summary>Which plugins a recorded server has: core only. Lists of properties only where a recording shows them.</summary>
internal static class KnownTypes
{
    private const string Core = "io.kestra.plugin.core.";
    private const string Old = "io.kestra.core.tasks.";

    private static readonly HashSet<string> Common = Set(
        "log.Log log.Fetch log.PurgeLogs debug.Return metric.Publish runner.Process " +
        "flow.Subflow flow.Parallel flow.Sequential flow.Dag flow.If flow.Switch flow.Pause flow.WorkingDirectory flow.AllowFailure flow.LoopUntil flow.Sleep " +
        "execution.Fail execution.Count execution.Assert execution.Exit execution.Labels execution.PurgeExecutions execution.Query execution.Resume " +
        "execution.SetVariables execution.UnsetVariables http.Download http.Request http.SseRequest http.Trigger " +
        "kv.Get kv.Set kv.Delete kv.GetKeys kv.PurgeKV kv.Version namespace.UploadFiles namespace.DownloadFiles namespace.DeleteFiles namespace.PurgeFiles namespace.Version " +
        "output.OutputValues state.Get state.Set state.Delete storage.Concat storage.DeduplicateItems storage.Delete storage.FilterItems storage.LocalFiles " +
        "storage.PurgeCurrentExecutionFiles storage.Reverse storage.Size storage.Split storage.Write templating.TemplatedTask " +
        "trigger.Flow trigger.Schedule trigger.ScheduleOnDates trigger.Toggle trigger.Webhook flow.PurgeFlows dashboard.chart.Table");

    private static readonly HashSet<string> Only1 = Set("flow.ForEach flow.ForEachItem flow.EachSequential flow.EachParallel flow.WaitFor flow.Template debug.Echo");

    private static readonly HashSet<string> Only2 = Set("flow.Loop");

    private static readonly HashSet<string> Deprecated = Set("flow.EachSequential flow.EachParallel flow.WaitFor flow.Template debug.Echo");

    private static readonly HashSet<string> Inputs1 = [.. "ARRAY BOOL BOOLEAN DATE DATETIME DURATION EMAIL ENUM FILE FLOAT FORM INT JSON MULTISELECT SECRET SELECT STRING TIME URI YAML".Split(' ')];

    private static readonly HashSet<string> Inputs2 = [.. "ARRAY BOOL DATE DATETIME DURATION EMAIL FILE FLOAT FORM INT ION JSON MULTISELECT REUSABLE_INPUTS SECRET SELECT STRING TIME URI YAML".Split(' ')];

    private static readonly string[] Flow1 = ("afterExecution checks concurrency deleted description disabled errors finally id inputs labels listeners namespace outputs " +
        "pluginDefaults retry revision sla source taskDefaults tasks tenantId triggers updated variables workerGroup").Split(' ');

    private static readonly string[] Flow2 = ("afterExecution checks concurrency deleted description disabled draft errors finally id inputs labels namespace outputs policyRefs " +
        "quotas retry revision sla source tasks tenantId triggers updated variables workerSelector").Split(' ');

    private static readonly Dictionary<string, string[]> Properties1 = new()
    {
        [Core + "log.Log"] = "allowFailure allowWarning assets description disabled id level logLevel logToFile message pluginDefaultsRef retry runIf taskCache timeout type version workerGroup".Split(' '),
        [Core + "trigger.Webhook"] = ("allowConcurrent assets conditions description disabled failOnTriggerError id inputs key labels logLevel logToFile minLogLevel pluginDefaultsRef " +
            "responseCode responseContentType returnOutputs stopAfter type version wait workerGroup").Split(' '),
    };

    private static readonly Dictionary<string, string[]> Properties2 = new()
    {
        [Core + "log.Log"] = "allowFailure allowWarning assets description disabled id level logLevel logToFile message policyRefs retry runIf taskCache timeout type version workerSelector".Split(' '),
        [Core + "trigger.Webhook"] = ("allowConcurrent assets description disabled failOnTriggerError fetchType id inputs key labels logLevel logToFile policyRefs responseCode " +
            "responseContentType returnOutputs stopAfter type version wait when workerSelector").Split(' '),
        [Core + "flow.Subflow"] = ("allowFailure allowWarning assets description disabled flowId id inheritLabels inputs labels logLevel logToFile namespace policyRefs restartBehavior retry " +
            "revision runIf scheduleDate taskCache timeout transmitFailed type version wait workerSelector").Split(' '),
    };

    public static IReadOnlyList<string> FlowProperties(bool isV2) => isV2 ? Flow2 : Flow1;

    /// <summary>Null = not known in detail: every property passes.</summary>
    public static IReadOnlyList<string>? Properties(string type, bool isV2) => (isV2 ? Properties2 : Properties1).GetValueOrDefault(type);

    public static bool IsInput(string type, bool isV2) => (isV2 ? Inputs2 : Inputs1).Contains(type);

    public static bool IsInstalled(string type, bool isV2, IReadOnlyList<string> plugins) =>
        Common.Contains(type) || (isV2 ? Only2 : Only1).Contains(type)
        || type.StartsWith(Core + "condition.", StringComparison.Ordinal)
        || (!isV2 && Replacement(type) is not null)
        || plugins.Any(p => type.StartsWith(p.EndsWith('.') ? p : p + ".", StringComparison.Ordinal));

    public static bool IsDeprecated(string type, bool isV2) => !isV2 && Deprecated.Contains(type);

    /// <summary>1.3 still knows the names from before 0.17 [validate.versions: old task type name].</summary>
    public static string? Replacement(string type)
    {
        if (!type.StartsWith(Old, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = type[Old.Length..].Replace("flows.", "flow.", StringComparison.Ordinal).Replace("debugs.", "debug.", StringComparison.Ordinal)
            .Replace("states.", "state.", StringComparison.Ordinal).Replace("executions.", "execution.", StringComparison.Ordinal);
        return Common.Contains(Core + rest) || Only1.Contains(Core + rest) ? Core + rest : null;
    }

    private static HashSet<string> Set(string names) => [.. names.Split(' ').Select(n => Core + n)];
}

using KestraGitHub.Definitions;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>Which sync a trigger is about, as Quartz carries it.</summary>
internal static class SyncJobData
{
    public const string TriggerId = "trigger";

    public static JobDataMap Of(SyncKey sync) => new() { ["tenant"] = sync.Tenant, ["namespace"] = sync.Namespace, ["flow"] = sync.Flow };

    public static SyncKey SyncOf(JobDataMap data) => new(Text(data, "tenant"), Text(data, "namespace"), Text(data, "flow"));

    public static string Text(JobDataMap data, string name) => (string)data[name]!;
}

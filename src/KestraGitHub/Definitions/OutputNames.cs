namespace KestraGitHub.Definitions;

/// <summary>What tasks give to those after them, as Kestra names it (plugin-git.md, section 2).</summary>
internal static class OutputNames
{
    private static readonly string[] Commit = ["commitId", "commitURL"];
    private static readonly string[] Flow = ["flowId", "namespace", "revision"];

    public static bool IsOne(string? name) => name is "value" || Commit.Contains(name) || Flow.Contains(name);

    public static IReadOnlyList<string> Of(TaskDeclaration task) => task.ShortType switch
    {
        _ when CoreTasks.IsReturn(task.Type) => ["value"],
        "PushFlows" or "PushNamespaceFiles" or "PushDashboards" or "NamespaceSync" or "TenantSync" when task.IsGit => Commit,
        "SyncFlow" when task.IsGit => Flow,
        _ => [],
    };

    /// <summary>What the same task leaves in Kestra's own storage when Kestra runs it.</summary>
    public static bool IsKeptByKestra(string name) => name is "flows" or "files" or "dashboards" or "diff" or "directory";
}

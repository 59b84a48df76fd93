using KestraGitHub.Definitions;

namespace KestraGitHub.Pictures;

/// <summary>The definitions of the made-up company.</summary>
internal static class Files
{
    public static readonly SyncKey Flows = new("main", "system", "sync_from_git");
    public static readonly SyncKey Marketing = new("main", "company.marketing", "sync_flows");
    public static readonly SyncKey Conflicting = new("main", "company.data", "dbt_flows");
    public static readonly SyncKey Drifted = new("main", "system", "files_prod");
    public static readonly SyncKey Failing = new("main", "company.finance", "sync_flows");
    public static readonly SyncKey Suspended = new("main", "company.data", "warehouse");
    public static readonly SyncKey Pushing = new("main", "system", "nightly_push");
    public static readonly SyncKey RolledBack = new("main", "company.reports", "sync_flows");
    public static readonly SyncKey Broken = new("main", "system", "tenant_backup");

    private static readonly string[] Names =
    [
        "sales", "support", "logistics", "people", "legal", "operations", "growth", "security", "platform", "billing", "search", "mobile", "web", "warehouse.inbound",
        "warehouse.outbound", "fraud", "payments", "risk", "treasury", "tax", "audit", "research", "ml.features", "ml.training", "ml.serving", "events", "partners", "content",
        "studio", "field", "energy", "facilities", "procurement", "quality", "returns", "stores", "pricing", "catalogue", "loyalty",
    ];

    public static IReadOnlyList<SyncKey> Teams { get; } = [.. Names.Select(n => new SyncKey("main", $"company.{n}", "sync_flows"))];

    public static IReadOnlyList<SyncKey> Staging { get; } = [.. Names.Take(8).Select(n => new SyncKey("staging", $"company.{n}", "sync_flows"))];

    /// <summary>Those that the month is about; the broken one never ran.</summary>
    public static IEnumerable<SyncKey> Lively => [Flows, Marketing, Conflicting, Drifted, Failing, Suspended, Pushing, RolledBack, .. Teams, .. Staging];

    public static IEnumerable<(string File, string Text)> All()
    {
        yield return ("sync_from_git.yml", Flow(Flows, "SyncFlows", "flows", "targetNamespace: company.team\n    includeChildNamespaces: true\n    delete: true", "The flows of company.team, as Git has them", schedule: "0 5 * * *"));
        yield return ("marketing.yml", Flow(Marketing, "SyncFlows", "marketing", "targetNamespace: company.marketing\n    delete: true", options: "  maxDeletes: 4\n  maxDeletePercent: 80\n"));
        yield return ("dbt.yml", Flow(Conflicting, "SyncFlows", "dbt", "targetNamespace: company.data", options: "  onConflict: fail\n"));
        yield return ("files.yml", Flow(Drifted, "SyncNamespaceFiles", "files", "namespace: company.prod", options: "  onDrift: report\n", schedule: "30 4 * * *"));
        yield return ("finance.yml", Flow(Failing, "SyncFlows", "teams", "gitDirectory: finance\n    targetNamespace: company.finance", schedule: "0 6 * * *"));
        yield return ("warehouse.yml", Flow(Suspended, "SyncFlows", "teams", "gitDirectory: warehouse\n    targetNamespace: company.warehouse"));
        yield return ("push.yml", Flow(Pushing, "PushFlows", "teams", "sourceNamespace: company.ui\n    gitDirectory: ui", schedule: "0 3 * * *"));
        yield return ("reports.yml", Flow(RolledBack, "SyncFlows", "teams", "gitDirectory: reports\n    targetNamespace: company.reports"));
        yield return ("old/backup.yml", Flow(Broken, "TenantSync", "teams", "sourceOfTruth: KESTRA\n    gitDirectry: all"));
        yield return ("old/quarterly.yml", "disabled: true\n" + Flow(new("main", "system", "quarterly"), "SyncFlows", "teams", "gitDirectory: quarterly\n    targetNamespace: company.quarterly"));
        foreach (var key in Teams) yield return ($"teams/{key.Namespace}.yml", Team(key));
        foreach (var key in Staging) yield return ($"staging/{key.Namespace}.yml", Team(key, "  tenant: staging\n  kestra: staging\n"));
    }

    private static string Team(SyncKey key, string options = "") =>
        Flow(key, "SyncFlows", "teams", $"gitDirectory: {key.Namespace["company.".Length..]}\n    targetNamespace: {key.Namespace}", options: options);

    private static string Flow(SyncKey key, string type, string repository, string properties, string? description = null, string options = "", string? schedule = null) =>
        $$$"""
        id: {{{key.Flow}}}
        namespace: {{{key.Namespace}}}
        {{{(description is null ? "" : $"description: {description}\n")}}}tasks:
          - id: git
            type: io.kestra.plugin.git.{{{type}}}
            url: {{{House.GitHost}}}/acme/{{{repository}}}.git
            branch: main
            {{{properties}}}
        triggers:
          - id: on_push
            type: io.kestra.plugin.core.trigger.Webhook
            key: a-key-that-is-no-secret-in-a-picture
        {{{(schedule is null ? "" : $"  - id: nightly\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: \"{schedule}\"\n")}}}{{{(options.Length == 0 ? "" : $"x-kestra-github:\n{options}")}}}
        """;
}

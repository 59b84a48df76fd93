using static KestraGitHub.Definitions.PropertyKind;

namespace KestraGitHub.Definitions;

/// <summary>
/// Every task of Kestra's git plugin with its properties: the union of the plugin's versions (a test holds it against what servers state)
/// and of what newer ones added (plugin-git.md, section 5.0).
/// </summary>
internal static class GitTasks
{
    public const string Prefix = "io.kestra.plugin.git.";

    private static readonly PropertySpec[] Transport =
    [
        new("username"), new("password"), new("privateKey"), new("passphrase"),
        new("trustedCaPemPath"), new("noProxy", Flag), new("connectTimeout", Number, "10000"), new("readTimeout", Number, "60000"),
        new("gitConfig", Map), new("strictHostKeyChecking", Flag), new("knownHosts"), new("pluginDefaultsRef"),
        new("kestraUrl"),
    ];

    private static readonly PropertySpec Url = new("url");
    private static readonly PropertySpec UrlRequired = Url with { Required = true };
    private static readonly PropertySpec Auth = new("auth", PropertyKind.Auth);
    private static readonly PropertySpec Submodules = new("cloneSubmodules", Flag);
    private static readonly PropertySpec MainBranch = new("branch", Default: "main");
    private static readonly PropertySpec BranchRequired = new("branch", Required: true);
    private static readonly PropertySpec DryRun = new("dryRun", Flag, "false");
    private static readonly PropertySpec MissingBranch = new("failOnMissingBranch", Flag, "true");
    private static readonly PropertySpec Children = new("includeChildNamespaces", Flag, "false");
    private static readonly PropertySpec[] Author = [new("authorEmail"), new("authorName")];

    private static readonly PropertySpec[] Cloning = [.. Transport, UrlRequired, Auth, Submodules];
    private static readonly PropertySpec[] Kestra = [.. Transport, UrlRequired, Auth with { Required = true }, MissingBranch];

    private static readonly PropertySpec[] Sync =
        [.. Cloning, MainBranch, DryRun, MissingBranch, new("delete", Flag, "false"), new("failOnMissingDirectory", Flag, "true")];

    private static readonly PropertySpec[] Push =
        [.. Cloning, .. Author, MainBranch, DryRun, new("delete", Flag, "true"), new("pushMode", Enum: ["SYNC", "DELETE_ONLY"], Default: "SYNC")];

    private static readonly PropertySpec[] Opinionated =
    [
        .. Author, BranchRequired, DryRun, new("gitDirectory"), new("protectedNamespaces", TextList, "[\"system\"]"),
        new("sourceOfTruth", Enum: ["GIT", "KESTRA"], Default: "KESTRA"), new("sourceOfTruthOverrides", Map),
        new("whenMissingInSource", Enum: ["DELETE", "KEEP", "FAIL"], Default: "DELETE"),
        new("onInvalidSyntax", Enum: ["SKIP", "WARN", "FAIL"], Default: "FAIL"),
    ];

    /// <summary>By short name: <c>SyncFlows</c>.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<PropertySpec>> All { get; } = new Dictionary<string, IReadOnlyList<PropertySpec>>(StringComparer.Ordinal)
    {
        ["Clone"] =
        [
            .. Cloning, new("branch"), new("cloneAllBranches", Flag, "true"), new("commit"), new("depth", Number, "1"), new("directory"),
            new("noTags", Flag, "false"), new("tag"),
        ],
        ["PushFlows"] =
        [
            .. Push, Children, new("commitMessage", Default: "Add flows from `sourceNamespace`"), new("flows", TextOrList, "**"), Directory("_flows"),
            new("sourceNamespace", Default: "{{ flow.namespace }}"), new("targetNamespace"),
        ],
        ["PushNamespaceFiles"] =
        [
            .. Push, new("commitMessage", Default: "Add files from `namespace` namespace"), new("errorOnMissing", Flag, "false"),
            new("files", Any, "**"), Directory("_files"), Namespace(), new("namespaceDirectory"),
        ],
        ["PushDashboards"] =
            [.. Push, new("commitMessage", Default: "Add dashboards from flow: {{ flow.id }}"), new("dashboards", TextOrList, "**"), Directory("_dashboards")],
        ["PushExecutionFiles"] =
        [
            .. Push, new("commitMessage", Default: "Add files from execution {{ execution.id }}"), new("errorOnMissing", Flag, "false"), new("files", Any),
            new("filesMap", ObjectOrText), Directory("_outputs"),
        ],
        ["SyncFlows"] =
            [.. Sync, Children, Directory("_flows"), new("ignoreInvalidFlows", Flag, "false"), new("targetNamespace", Required: true)],
        ["SyncNamespaceFiles"] = [.. Sync, Directory("_files"), Namespace(), new("namespaceDirectory")],
        ["SyncDashboards"] = [.. Sync, Directory("_dashboards")],
        ["SyncFlow"] = [.. Kestra, MainBranch, DryRun, new("flowPath", Required: true), new("targetNamespace", Required: true)],
        // Without commitMessage, which Kestra refuses here.
        ["NamespaceSync"] = [.. Cloning, .. Opinionated, MissingBranch, new("namespace", Required: true), new("includeChildNamespaces", Flag, "false")],
        ["TenantSync"] = [.. Kestra, .. Opinionated, Submodules, new("commitMessage")],
        ["Push"] =
        [
            .. Transport, Url, Auth, Submodules, BranchRequired, new("commitMessage", Required: true), new("directory"),
            new("addFilesPattern", TextList, "[\".\"]"), new("author", Map), new("flows", Map), new("inputFiles", ObjectOrText),
            new("namespaceFiles", Map),
        ],
        ["Sync"] = [.. Cloning, new("branch"), new("dryRun", Flag), new("gitDirectory"), new("namespaceFilesDirectory")],
    };

    /// <summary>True for the tasks whose target is Git.</summary>
    public static bool WritesToGit(string type) => type is "PushFlows" or "PushNamespaceFiles" or "PushDashboards";

    /// <summary>What stands under <c>auth</c>.</summary>
    public static IReadOnlyList<PropertySpec> AuthMembers { get; } =
        [new("username"), new("password"), new("apiToken"), new("auto", Flag, "true")];

    /// <summary>What Kestra knows on every task beside its own properties.</summary>
    public static IReadOnlyList<PropertySpec> Common { get; } =
    [
        new("id", Required: true), new("type", Required: true), new("description"), new("disabled", Flag, "false"), new("timeout"), new("retry", Map),
        new("runIf", Any), new("allowFailure", Flag), new("allowWarning", Flag), new("assets", Any), new("logLevel"), new("logToFile", Flag),
        new("policyRefs", Any), new("taskCache", Map), new("version"), new("workerGroup", Map), new("workerSelector", Map),
    ];

    private static PropertySpec Directory(string name) => new("gitDirectory", Default: name);

    private static PropertySpec Namespace() => new("namespace", Default: "{{ flow.namespace }}");
}

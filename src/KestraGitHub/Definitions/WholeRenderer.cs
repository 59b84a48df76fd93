using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>
/// TenantSync and NamespaceSync (plugin-git.md, section 3): all kinds of objects of a tenant or a namespace in one layout. Kinds with another source of
/// truth than the rest are a part of their own, which runs on its own after the first.
/// </summary>
internal static class WholeRenderer
{
    /// <summary>What can be said of a kind in <c>sourceOfTruthOverrides</c>.</summary>
    private static readonly Dictionary<string, ResourceKind> Overridable = new(StringComparer.Ordinal)
    {
        ["flows"] = ResourceKind.Flow, ["namespaceFiles"] = ResourceKind.NamespaceFile,
    };

    public static bool Renders(string type) => type is "TenantSync" or "NamespaceSync";

    /// <summary>True where some of it may write to Git, whatever an expression comes to.</summary>
    public static bool MayWriteToGit(TaskDeclaration task) =>
        Renders(task.ShortType)
        && (task.Properties.ContainsKey("sourceOfTruthOverrides") || task.Properties.GetValueOrDefault("sourceOfTruth") is not ScalarValue { Text: "GIT" });

    /// <summary>True where none of it writes to Kestra.</summary>
    public static bool WritesToGitAlone(TaskDeclaration task) =>
        Renders(task.ShortType) && !task.Properties.ContainsKey("sourceOfTruthOverrides") && task.Properties.GetValueOrDefault("sourceOfTruth") is ScalarValue { Text: "KESTRA" };

    /// <summary>The task, with its kinds of the other direction as <see cref="SyncTask.Other"/>.</summary>
    public static SyncTask Render(Definition definition, TaskDeclaration task, TaskValues values, GitSource git, KestraTarget kestra)
    {
        var tenant = task.ShortType == "TenantSync";
        var all = tenant
            ? new KindSet(ResourceKind.NamespaceFile, ResourceKind.Flow, ResourceKind.Dashboard, ResourceKind.App, ResourceKind.UnitTest)
            : new KindSet(ResourceKind.NamespaceFile, ResourceKind.Flow, ResourceKind.App, ResourceKind.UnitTest);
        var scope = tenant ? Scope.Tenant(all) : new Scope(all, TaskRenderer.Namespace(values, "namespace"), values.Flag("includeChildNamespaces") ?? false);
        var direction = DirectionOf(values, "sourceOfTruth");
        var overrides = Overrides(values);
        var policy = Policy(values, definition.Self);
        var parts = scope.Kinds.GroupBy(kind => overrides.GetValueOrDefault(kind, direction)).Select(Part).ToList();
        return parts.Count == 1 ? parts[0] : parts[0] with { Other = parts[1] };

        SyncTask Part(IGrouping<Direction, ResourceKind> kinds)
        {
            var pushes = kinds.Key == Direction.KestraToGit;
            return new SyncTask(
                task.Id, task.ShortType,
                // Who writes makes the directory; what lies in a submodule is in another repository, where nothing is written.
                pushes ? git with { DirectoryMustExist = false, Submodules = false } : git,
                kestra, Layout.ByNamespace, scope with { Kinds = new KindSet([.. kinds]) }, policy with { Direction = kinds.Key },
                values.Flag("dryRun") ?? false, values.Duration("timeout"), "", RetryRenderer.Render(values))
            {
                Push = pushes ? PushRenderer.Whole(values, scope, git, tenant ? "Tenant sync from Kestra" : "Namespace sync from Kestra") : null,
                Part = kinds.Key == direction ? "" : string.Join(" and ", kinds.Select(k => k.Word())),
            };
        }
    }

    private static SyncPolicy Policy(TaskValues values, ResourceKey self)
    {
        IReadOnlyList<string> spared = values.Raw("protectedNamespaces") is ListValue { Items.Count: 0 } ? [] : values.Texts("protectedNamespaces");
        foreach (var name in spared.Where(n => !Names.IsNamespace(n)))
            values.Fault("protectedNamespaces", $"names '{name}', which is no namespace", "Write namespaces; those below them are protected too.");
        var missing = OneOf(values, "whenMissingInSource", ["DELETE", "KEEP", "FAIL"]) switch
        {
            "DELETE" => WhenMissing.Delete,
            "FAIL" => WhenMissing.Fail,
            _ => WhenMissing.Keep,
        };
        return new SyncPolicy(missing, OneOf(values, "onInvalidSyntax", ["SKIP", "WARN", "FAIL"]) is "SKIP" or "WARN", spared, self)
        {
            DeletesByDefault = values.Raw("whenMissingInSource") is null or ScalarValue { Text: null },
        };
    }

    private static Direction DirectionOf(TaskValues values, string name, bool isMember = false) =>
        OneOf(values, name, ["GIT", "KESTRA"], isMember) == "GIT" ? Direction.GitToKestra : Direction.KestraToGit;

    /// <summary>Null for what is none of them, and while the definition is loaded for what a delivery will say.</summary>
    /// <param name="isMember">False: a plain text was held against the task's table when the file was read, and is told already.</param>
    private static string? OneOf(TaskValues values, string name, string[] words, bool isMember = false)
    {
        var text = values.Text(name);
        if (words.Contains(text)) return text;
        var isTold = !isMember && values.Raw(name) is ScalarValue { Text: { } raw } && !Template.LooksLike(raw);
        if (values.Known(name) && !isTold) values.Fault(name, $"is none of {string.Join(", ", words)}", "Write one of them.");
        return null;
    }

    private static Dictionary<ResourceKind, Direction> Overrides(TaskValues values)
    {
        var overrides = new Dictionary<ResourceKind, Direction>();
        if (values.Raw("sourceOfTruthOverrides") is not MapValue map || values.Map("sourceOfTruthOverrides", []) is not { } members) return overrides;
        foreach (var (name, _) in map.Members)
        {
            if (Overridable.TryGetValue(name, out var kind)) overrides[kind] = DirectionOf(members, name, isMember: true);
            else members.Fault(name, "is no kind of object", $"Write {string.Join(" or ", Overridable.Keys)}.");
        }

        return overrides;
    }
}

using System.Collections.ObjectModel;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>Renders one git task: from what the file says to all that a run needs to know.</summary>
internal static class TaskRenderer
{
    /// <exception cref="RenderException">A value cannot be rendered with what this run knows, or the task is none that runs.</exception>
    public static SyncTask Render(Definition definition, TaskDeclaration task, RenderContext context)
    {
        if (task.Standing != TaskStanding.Runs)
            throw new RenderException(new(definition.File, task.Line, 1, $"The task {task.Id} is not run.", "Leave it out."));
        var faults = new FaultList(definition.File);
        var rendered = Render(definition, task, context, faults, new FaultList(definition.File), trial: false);
        return faults.Count == 0 ? rendered : throw new RenderException(faults.InOrder()[0]);
    }

    /// <summary>Renders with nothing known that only a run knows, for the faults that show already.</summary>
    public static void Try(Definition definition, TaskDeclaration task, LoopPlace place, DefinitionEnvironment environment, FaultList faults, FaultList warnings)
    {
        var context = new RenderContext(environment, ReadOnlyDictionary<string, string>.Empty) { Place = place };
        if (CloneRenderer.Takes(task)) CloneRenderer.Render(ValuesOf(definition, task, context, faults, trial: true), task, faults, warnings);
        else Render(definition, task, context, faults, warnings, trial: true);
    }

    private static SyncTask Render(Definition definition, TaskDeclaration task, RenderContext context, FaultList faults, FaultList warnings,
        bool trial)
    {
        var values = ValuesOf(definition, task, context, faults, trial);
        var layout = task.ShortType switch
        {
            "SyncFlows" or "PushFlows" => Layout.FlowsByFolder,
            "SyncFlow" => Layout.OneFlow,
            "SyncDashboards" or "PushDashboards" => Layout.Dashboards,
            _ => Layout.NamespaceFiles,
        };
        var git = GitSourceRenderer.Render(values, faults, warnings, layout == Layout.OneFlow ? "flowPath" : "gitDirectory");
        var kestra = KestraTargetRenderer.Render(values, definition, context.Environment);
        if (values.Flag("failOnMissingBranch") == false)
            warnings.Add(values.Raw("failOnMissingBranch") ?? new ScalarValue(null, true, task.Line, 1),
                $"The task {task.Id} allows a missing branch; here that is always an error.", "Remove `failOnMissingBranch`.");
        var result = WholeRenderer.Renders(task.ShortType)
            ? WholeRenderer.Render(definition, task, values, git, kestra)
            : One(definition, task, values, layout, git, kestra);
        return Named(result)!;

        SyncTask? Named(SyncTask? part)
        {
            if (part is null) return null;
            var named = part with { Id = context.Place.Name(part.Id), Other = Named(part.Other), Policy = Careful(part.Policy, definition.Options.Safety) };
            named = ProposalTarget.Of(definition, named);
            if (named.Proposal?.WorkBranch == named.Git.Branch && named.Git.Branch is not null)
                values.Fault("branch", "is the work branch of `pullRequest` too", "Name another one in `pullRequest.branch`: a pull request needs two.");
            return named with { Fingerprint = Fingerprints.Of(definition.Key, named) };
        }
    }

    private static SyncPolicy Careful(SyncPolicy policy, SafetyRules safety) => policy with
    {
        OnConflict = safety.OnConflict, OnDrift = safety.OnDrift, DeletesByDefault = policy.DeletesByDefault && !safety.Adopt,
        ProtectedNamespaces = [.. policy.ProtectedNamespaces.Union(safety.ProtectedNamespaces)],
    };

    private static SyncTask One(Definition definition, TaskDeclaration task, TaskValues values, Layout layout, GitSource git, KestraTarget kestra)
    {
        var pushes = GitTasks.WritesToGit(task.ShortType);
        // Who writes makes the directory; what lies in a submodule is in another repository, where nothing is written.
        if (pushes) git = git with { DirectoryMustExist = false, Submodules = false };
        var scopeOfTask = layout switch
        {
            Layout.FlowsByFolder => new Scope(
                ResourceKind.Flow, Namespace(values, pushes ? "sourceNamespace" : "targetNamespace"), values.Flag("includeChildNamespaces") ?? false),
            Layout.OneFlow => new Scope(ResourceKind.Flow, Namespace(values, "targetNamespace"), false),
            Layout.Dashboards => new Scope(ResourceKind.Dashboard, "", true),
            _ => new Scope(ResourceKind.NamespaceFile, Namespace(values, "namespace"), false, NamespaceFolder(values)),
        };
        // A file that Kestra cannot hold (a space in its name) is refused by itself: there is no property to say otherwise, and no other file needs it.
        var policy = pushes
            ? PushRenderer.Policy(values, definition.Self)
            : new SyncPolicy(values.Flag("delete") ?? false ? WhenMissing.Delete : WhenMissing.Keep,
                layout == Layout.NamespaceFiles || (values.Flag("ignoreInvalidFlows") ?? false), [], definition.Self);
        PushSettings? push = task.ShortType switch
        {
            "PushFlows" => PushRenderer.Flows(values, scopeOfTask, git),
            "PushNamespaceFiles" => PushRenderer.Files(values, scopeOfTask, git),
            "PushDashboards" => PushRenderer.Dashboards(values, scopeOfTask, git),
            _ => null,
        };
        return new SyncTask(
            task.Id, task.ShortType, git, kestra, layout, scopeOfTask, policy,
            values.Flag("dryRun") ?? false, values.Duration("timeout"), "", RetryRenderer.Render(values)) { Push = push };
    }

    internal static TaskValues ValuesOf(Definition definition, TaskDeclaration task, RenderContext context, FaultList faults, bool trial)
    {
        var scope = new TemplateScope(definition.Values, context.Environment, context);
        var specs = (IReadOnlyList<PropertySpec>)[.. GitTasks.All[task.ShortType], .. GitTasks.Common];
        return new TaskValues($"the task {task.Id}", task.Properties, (task.Line, 1), specs, scope, faults, trial);
    }

    public static string Namespace(TaskValues values, string property)
    {
        var name = values.Needed(property);
        if (name is not null && !Names.IsNamespace(name))
            values.Fault(property, "is no namespace", "Use lower-case letters, digits, dots, dashes and underscores, at most 150.");
        return name ?? "";
    }

    private static string NamespaceFolder(TaskValues values)
    {
        // As with gitDirectory: empty is the whole namespace, but not by an expression that comes out empty.
        var text = values.Raw("namespaceDirectory") is null or ScalarValue { Text: "" } ? "" : values.Needed("namespaceDirectory") ?? "";
        var parts = text.Split('/').Where(p => p is not ("" or ".")).ToArray();
        if (parts.Contains("..")) values.Fault("namespaceDirectory", "leads out with `..`", "Write a folder inside the namespace.");
        if (text.Any(c => char.IsControl(c) || c is '\\' or ' ')) values.Fault("namespaceDirectory", "is no folder that Kestra can keep", "Write a plain path.");
        if (parts is ["_flows", ..]) values.Fault("namespaceDirectory", "is the folder that Kestra keeps for flows", "Name another one.");
        return string.Join('/', parts);
    }
}

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>A Kestra flow file that describes a sync, parsed and checked. Nothing in it is rendered but what never changes (keys, triggers).</summary>
/// <param name="File">Path relative to the folder of definitions.</param>
/// <param name="Source">The file's text, verbatim.</param>
/// <param name="Warnings">What is odd but does not stop it (task types that are skipped, …).</param>
/// <param name="PayloadPaths">Values of the payload that expressions use, e.g. <c>body.ref</c>, <c>headers.x-github-event</c>: only these are kept with a run.</param>
public sealed record Definition(
    SyncKey Key, string File, string Source, string? Description, bool Disabled, IReadOnlyList<TaskDeclaration> Tasks,
    IReadOnlyList<WebhookTrigger> Webhooks, IReadOnlyList<ScheduleTrigger> Schedules, DefinitionOptions Options,
    IReadOnlyList<Fault> Warnings, IReadOnlyList<string> PayloadPaths, FlowValues Values)
{
    /// <summary>The tasks as the file nests them; <see cref="Tasks"/> are the same, one after the other.</summary>
    public IReadOnlyList<FlowNode> Body { get; init; } = [.. Tasks.Select(t => new FlowNode.Leaf(t))];

    /// <summary>The flow itself, as an object of Kestra: never deleted by its own sync.</summary>
    public ResourceKey Self => new(ResourceKind.Flow, Key.Namespace, Key.Flow);

    /// <summary>True where a run may push: its pushes come back as deliveries.</summary>
    public bool WritesToGit => Tasks.Any(t => t.Standing == TaskStanding.Runs && (GitTasks.WritesToGit(t.ShortType) || WholeRenderer.MayWriteToGit(t)));

    /// <summary>True where a run may write to Kestra, so that it can be looked whether what was applied still stands there.</summary>
    public bool WritesToKestra => Tasks.Any(t =>
        t.Standing == TaskStanding.Runs && t.ShortType != CloneRenderer.Type && !GitTasks.WritesToGit(t.ShortType) && !WholeRenderer.WritesToGitAlone(t));

    /// <summary>Branches that the tasks read, by short name; null when a task may read any. See <see cref="WatchedRefs"/>.</summary>
    public IReadOnlyList<string>? TaskBranches { get; init; }

    public NamedRepositories Repositories { get; init; } = NamedRepositories.None;

    /// <summary>Names of all secrets that the file refers to.</summary>
    public IReadOnlyList<string> SecretNames { get; init; } = [];
}

public enum TaskStanding
{
    /// <summary>A git task that a run carries out.</summary>
    Runs,

    /// <summary>Some other plugin's task: a run lists it as skipped.</summary>
    Foreign,

    /// <summary><c>disabled: true</c>: a run lists it as skipped.</summary>
    Disabled,

    /// <summary>A task of Kestra's core that is carried out here: Log, Return, and what stands around other tasks.</summary>
    Local,
}

/// <summary>One task as the file has it; its values are still templates.</summary>
/// <param name="Type">As written, e.g. <c>io.kestra.plugin.git.SyncFlows</c>.</param>
public sealed record TaskDeclaration(
    string Id, string Type, TaskStanding Standing, IReadOnlyDictionary<string, PropertyValue> Properties, int Line)
{
    public string ShortType => Type[(Type.LastIndexOf('.') + 1)..];

    public bool IsGit => Type.StartsWith(GitTasks.Prefix, StringComparison.Ordinal);
}

/// <summary>A Webhook trigger with its key rendered.</summary>
public sealed record WebhookTrigger(string Id, Secret Key, bool Disabled);

/// <summary>A Schedule trigger.</summary>
/// <param name="Cron">As written.</param>
/// <param name="TimeZone">IANA id; UTC when the file names none.</param>
public sealed record ScheduleTrigger(string Id, string Cron, bool WithSeconds, string TimeZone, bool Disabled);

/// <summary>The optional <c>x-kestra-github:</c> part of a definition: everything of ours that is not Kestra's.</summary>
/// <param name="WebhookSecrets">Replace the service's own secrets for this definition; empty means the service's.</param>
/// <param name="Branches">Globs over branch names that start a run; empty means the branches that the tasks read.</param>
/// <param name="Paths">Globs over changed paths; empty means every push to a watched branch.</param>
/// <param name="Debounce">How long a pushed run waits for more pushes, from its first delivery.</param>
public sealed record DefinitionOptions(
    string? Kestra, IReadOnlyList<Secret> WebhookSecrets, IReadOnlyList<string> Branches, IReadOnlyList<string> Paths, TimeSpan Debounce)
{
    public SafetyRules Safety { get; init; } = SafetyRules.Default;

    /// <summary>Null: pull requests are left alone.</summary>
    public PullRequestRules? PullRequests { get; init; }

    /// <summary>Null: what is pushed goes to its branch.</summary>
    public ProposalRules? Proposal { get; init; }

    public static DefinitionOptions Default { get; } = new(null, [], [], [], TimeSpan.FromSeconds(2));
}

/// <summary>What a definition may draw on beside its own text.</summary>
/// <param name="Tenant">Where the file names none.</param>
/// <param name="Targets">By name; the empty name is the default target, and is absent when none is configured.</param>
/// <param name="Secret">Value of <c>secret('NAME')</c>, or null when there is none.</param>
/// <param name="Env">Value of <c>envs.name</c>, or null. Given the lower-case name as written.</param>
public sealed record DefinitionEnvironment(
    string Tenant, IReadOnlyDictionary<string, KestraTarget> Targets, Func<string, string?> Secret, Func<string, string?> Env);

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>How keys and paths belong together.</summary>
public enum Layout
{
    /// <summary>Folders below the directory are child namespaces, each YAML file is one flow (SyncFlows, PushFlows).</summary>
    FlowsByFolder,

    /// <summary>Everything below the directory is a file of one namespace (SyncNamespaceFiles, PushNamespaceFiles).</summary>
    NamespaceFiles,

    /// <summary>The directory is the path of one file, which is a flow (SyncFlow).</summary>
    OneFlow,

    /// <summary>Each YAML file below the directory, at any depth, is one dashboard (SyncDashboards, PushDashboards).</summary>
    Dashboards,

    /// <summary>One folder for each namespace, named with its dots, and in it one for each kind (TenantSync, NamespaceSync).</summary>
    ByNamespace,
}

/// <summary>One git task of a definition with every value rendered: all that a run needs to know to carry it out.</summary>
/// <param name="Type">The short name: <c>SyncFlows</c>.</param>
/// <param name="Fingerprint">Changes when anything but a credential changes: what was known of the last run then no longer counts.</param>
public sealed record SyncTask(
    string Id, string Type, GitSource Git, KestraTarget Kestra, Layout Layout, Scope Scope, SyncPolicy Policy,
    bool DryRun, TimeSpan? Timeout, string Fingerprint, RetryPolicy? Retry = null)
{
    /// <summary>What a task says that writes to Git; null for the others.</summary>
    public PushSettings? Push { get; init; }

    /// <summary>Null: it neither pushes by a pull request, nor keeps edits of its target for one.</summary>
    public ProposalTarget? Proposal { get; init; }

    /// <summary>The kinds of the same task that go the other way, or null.</summary>
    public SyncTask? Other { get; init; }

    /// <summary>Which part of its task this is, where there are two; empty for the first.</summary>
    public string Part { get; init; } = "";

    /// <summary>Under which name it is remembered what it did.</summary>
    public string Name => Part.Length == 0 ? Id : $"{Id} ({Part})";
}

/// <summary>What a task that writes to Git says beyond the rest.</summary>
/// <param name="Message">Of its commits, without our trailers.</param>
/// <param name="Author">Who commits.</param>
/// <param name="TargetNamespace">Of flows: what stands in Git where Kestra has the scope's namespace.</param>
/// <param name="ErrorOnMissing">True: a selection that nothing of Kestra meets is an error.</param>
public sealed record PushSettings(string Message, Person Author, string TargetNamespace, Selection Selection, bool ErrorOnMissing);

public sealed record Person(string Name, string Email)
{
    /// <summary>Who commits where nobody is named.</summary>
    public static Person Service { get; } = new("KestraGitHub", "kestra-github@localhost");
}

/// <summary>What a task's own <c>retry</c> asks for.</summary>
/// <param name="MaxAttempts">Null: as many as <paramref name="MaxDuration"/> leaves time for.</param>
/// <param name="Interval">Wait before the second attempt.</param>
/// <param name="Factor">What the wait is multiplied with from attempt to attempt; 1 = it stays.</param>
/// <param name="MaxInterval">The longest wait, or null.</param>
public sealed record RetryPolicy(int? MaxAttempts, TimeSpan Interval, double Factor, TimeSpan? MaxInterval, TimeSpan? MaxDuration);

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>How keys and paths belong together.</summary>
public enum Layout
{
    /// <summary>Folders below the directory are child namespaces, each YAML file is one flow (SyncFlows, PushFlows).</summary>
    FlowsByFolder,

    /// <summary>Everything below the directory is a file of one namespace (SyncNamespaceFiles, PushNamespaceFiles).</summary>
    NamespaceFiles,
}

public enum Direction { GitToKestra, KestraToGit }

/// <summary>One git task of a definition with every value rendered: all that a run needs to know to carry it out.</summary>
/// <param name="Type">The short name: <c>SyncFlows</c>.</param>
/// <param name="Fingerprint">Changes when anything but a credential changes: what was known of the last run then no longer counts.</param>
public sealed record SyncTask(
    string Id, string Type, Direction Direction, GitSource Git, KestraTarget Kestra, Layout Layout, Scope Scope, SyncPolicy Policy,
    bool DryRun, TimeSpan? Timeout, string Fingerprint);

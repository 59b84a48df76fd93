using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary>How a command ends, for scripts. The numbers stay.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Error = 1;

    /// <summary>There are changes to make, or drift.</summary>
    public const int Changes = 2;

    /// <summary>A definition, an object in Git, an option or a setting is wrong.</summary>
    public const int Invalid = 3;

    /// <summary>Both sides moved, or a stored plan is no longer that of now.</summary>
    public const int Conflict = 4;

    /// <summary>The policy, a disabled definition or a rollback forbids it.</summary>
    public const int Blocked = 5;

    /// <summary>Git, Kestra or the service does not take the credential.</summary>
    public const int SignIn = 6;

    public const int TimedOut = 7;

    public const string Words =
        "Exit codes of the commands for scripts: 0 no change, 1 error, 2 changes or drift, 3 invalid, 4 conflict or stale plan, 5 blocked, 6 sign-in, 7 timed out.";

    public static int Of(Exception error) => error switch
    {
        CommandFault e => e.Code,
        ConfigurationException or StorageRefusedException or RenderException => Invalid,
        GitException e => e.Kind switch
        {
            GitErrorKind.Auth or GitErrorKind.HostKey => SignIn,
            GitErrorKind.Timeout => TimedOut,
            GitErrorKind.Moved => Conflict,
            GitErrorKind.Name or GitErrorKind.Protocol => Invalid,
            _ => Error,
        },
        KestraException e => e.Kind switch
        {
            KestraFailureKind.Auth or KestraFailureKind.Forbidden => SignIn,
            KestraFailureKind.Timeout => TimedOut,
            KestraFailureKind.Conflict => Conflict,
            KestraFailureKind.Invalid => Invalid,
            _ => Error,
        },
        TimeoutException or OperationCanceledException => TimedOut,
        _ => Error,
    };

    /// <summary>Why nothing of these plans may be applied, or null when it may.</summary>
    public static int? Of(IEnumerable<SyncPlan> plans)
    {
        var blocked = plans.Where(p => p.Blocker is not null).ToList();
        return blocked.Count == 0 ? null
            : blocked.Exists(p => p.Changes.Any(c => c.Action == ChangeAction.Invalid)) ? Invalid
            : blocked.Exists(p => p.Changes.Any(c => c.Action == ChangeAction.Conflict)) ? Conflict
            : Blocked;
    }
}

/// <summary>A command cannot go on: why, and how it ends. The message is for people.</summary>
internal sealed class CommandFault(int code, string message) : Exception(message)
{
    public int Code { get; } = code;

    /// <summary>Faults of a definition, each with its place.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];
}

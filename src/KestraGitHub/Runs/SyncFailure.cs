using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What a failure asks for.</summary>
public enum FailureKind
{
    /// <summary>A person must act: trying again gives the same answer.</summary>
    Permanent,

    /// <summary>It may pass: try again later.</summary>
    Transient,

    /// <summary>Ours. It is not tried again, and the log has all of it.</summary>
    Bug,
}

/// <param name="RetryAfter">What the other side asked for, if it did.</param>
public sealed record SyncFailure(FailureKind Kind, string Message, TimeSpan? RetryAfter = null)
{
    public string Word => Kind.ToString().ToLowerInvariant();
}

/// <summary>The run cannot go on until a person changes something. The message says what, where, and the cure.</summary>
public sealed class PermanentFailureException(string message) : Exception(message);

/// <summary>The one place that decides whether a failed run is tried again.</summary>
internal static class FailureKinds
{
    public static SyncFailure Of(Exception error) => error switch
    {
        PermanentFailureException e => new(FailureKind.Permanent, e.Message),
        Definitions.RenderException e => new(FailureKind.Permanent, e.Message),
        GitException e => new(e.IsTransient ? FailureKind.Transient : FailureKind.Permanent, e.Message),
        // Something wrote between our plan and our write, perhaps we ourselves before a crash: the next attempt plans anew.
        KestraException { Kind: KestraFailureKind.Conflict } e => new(FailureKind.Transient, e.Message, e.RetryAfter),
        KestraException e => new(e.IsTransient ? FailureKind.Transient : FailureKind.Permanent, e.Message, e.RetryAfter),
        StorageUnavailableException e => new(FailureKind.Transient, e.Message),
        TimeoutException e => new(FailureKind.Transient, e.Message),
        HttpRequestException e => new(FailureKind.Transient, e.Message),
        IOException e => new(FailureKind.Transient, e.Message),
        _ => new(FailureKind.Bug, $"This is a fault of KestraGitHub ({error.GetType().Name}); the service's log has the details."),
    };
}

using KestraGitHub.Git;
using KestraGitHub.GitHub;
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
        KestraException e => new(IsTransient(e) ? FailureKind.Transient : FailureKind.Permanent, e.Message, e.RetryAfter),
        GitHubException e => new(e.IsTransient ? FailureKind.Transient : FailureKind.Permanent, e.Message, e.RetryAfter),
        StorageUnavailableException e => new(FailureKind.Transient, e.Message),
        TimeoutException e => new(FailureKind.Transient, e.Message),
        HttpRequestException e => new(FailureKind.Transient, e.Message),
        IOException e => new(FailureKind.Transient, e.Message),
        _ => new(FailureKind.Bug, $"This is a fault of KestraGitHub ({error.GetType().Name}); the service's log has the details."),
    };

    /// <summary>
    /// Another attempt reads and plans anew: so a plan that the server has left behind passes, and a server that failed by itself may have recovered.
    /// </summary>
    private static bool IsTransient(KestraException e) => e.IsTransient || e.Kind is KestraFailureKind.Conflict or KestraFailureKind.Internal;
}

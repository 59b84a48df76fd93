using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Colour, shape and word of every state.</summary>
internal static class Badges
{
    public static BadgeView Of(SyncStanding standing) => standing switch
    {
        SyncStanding.InSync => new(Tone.Ok, "check", "In sync"),
        SyncStanding.OutOfDate => new(Tone.Bad, "cross", "Out of date"),
        SyncStanding.Drifted => new(Tone.Warn, "drift", "Edited in Kestra"),
        SyncStanding.Broken => new(Tone.Bad, "drift", "Does not load"),
        SyncStanding.Disabled => new(Tone.Idle, "pause", "Disabled"),
        _ => new(Tone.Idle, "dot", "Not run yet"),
    };

    public static BadgeView Of(RunState state) => state switch
    {
        RunState.Queued => new(Tone.Info, "wait", "Queued"),
        RunState.Waiting => new(Tone.Warn, "wait", "Waiting"),
        RunState.Running => new(Tone.Info, "run", "Running"),
        RunState.Succeeded => new(Tone.Ok, "check", "Succeeded"),
        RunState.Failed => new(Tone.Bad, "cross", "Failed"),
        _ => new(Tone.Idle, "pause", "Cancelled"),
    };

    /// <summary>How a run went, in a word more than its state.</summary>
    public static BadgeView Result(RunRow run) => run switch
    {
        { State: RunState.Running, CancelRequested: true } => new(Tone.Warn, "run", "Stopping"),
        { State: RunState.Waiting, WaitingFor: { } reason } => Of(run.State) with { Word = WaitingFor(reason) },
        { State: RunState.Succeeded, Counts: { Invalid: 0, Failed: 0, Conflict: 0 } counts } when counts.Changed > 0 =>
            new(Tone.Ok, "check", run.DryRun ? $"Would change {counts.Changed}" : $"Changed {counts.Changed}"),
        { State: RunState.Succeeded, Counts: { Invalid: 0, Failed: 0, Conflict: 0 } } => new(Tone.Ok, "check", "No change"),
        { State: RunState.Succeeded } => new(Tone.Warn, "drift", "With gaps"),
        _ => Of(run.State),
    };

    private static string WaitingFor(string reason) => reason switch
    {
        Waits.Approval => "Waiting for approval",
        Waits.Pause => "Suspended",
        Waits.Window => "Waiting for a window",
        Waits.Dependency => "Waiting for another sync",
        Waits.Executions => "Waiting for executions",
        _ => "Waiting",
    };

    /// <summary>No call brought it, so none was signed: GitHub told of it when it was asked.</summary>
    public static BadgeView FromList => new(Tone.Ok, "check", "From GitHub's list");

    public static BadgeView Signature(int secret, int? outOf) => secret switch
    {
        0 => new(Tone.Warn, "drift", "Unsigned"),
        _ when outOf is { } all && all >= secret => new(Tone.Ok, "check", $"Valid, secret {secret} of {all}"),
        _ => new(Tone.Ok, "check", $"Valid, secret {secret}"),
    };

    public static BadgeView Outcome(string outcome) => outcome switch
    {
        "queued" => new(Tone.Ok, "check", "Run"),
        "merged" => new(Tone.Info, "check", "Merged"),
        "recovered" => new(Tone.Info, "check", "Recovered"),
        "pong" => new(Tone.Idle, "dot", "Pong"),
        _ => new(Tone.Idle, "pause", "Ignored"),
    };

    public static BadgeView Of(ObjectState state) => state switch
    {
        ObjectState.InSync => new(Tone.Ok, "check", "in sync"),
        ObjectState.ChangedInGit => new(Tone.Info, "plus", "changed in Git"),
        ObjectState.ChangedInKestra => new(Tone.Warn, "drift", "changed in Kestra"),
        ObjectState.Conflict => new(Tone.Bad, "drift", "conflict"),
        ObjectState.Unmanaged => new(Tone.Idle, "dot", "not this sync's"),
        ObjectState.Ignored => new(Tone.Idle, "minus", "ignored"),
        _ => new(Tone.Bad, "cross", "invalid"),
    };

    public static BadgeView Of(RepositoryTrouble trouble) => new(Tone.Bad, "cross", trouble switch
    {
        RepositoryTrouble.Protocol => "Protocol not allowed",
        RepositoryTrouble.Unreachable => "Not reached",
        RepositoryTrouble.Empty => "Empty repository",
        RepositoryTrouble.NoBranch => "No such branch",
        RepositoryTrouble.NoDirectory => "No such directory",
        _ => "Refused",
    });

    public static BadgeView Drift(string what) => what switch
    {
        "deleted" => new(Tone.Warn, "minus", "deleted"),
        "added" => new(Tone.Warn, "plus", "added"),
        _ => new(Tone.Warn, "drift", what),
    };

    public static BadgeView Action(string action) => action switch
    {
        "added" => new(Tone.Ok, "plus", "added"),
        "updated" => new(Tone.Info, "check", "updated"),
        "deleted" => new(Tone.Bad, "minus", "deleted"),
        "conflict" => new(Tone.Warn, "drift", "conflict"),
        "invalid" or "failed" => new(Tone.Bad, "cross", action),
        _ => new(Tone.Idle, "dot", action),
    };
}

using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>One sync as a row of the first page.</summary>
/// <param name="Reason">Why the state is what it is; null where the word says all.</param>
/// <param name="LastReason">What the last run has to say beside its result.</param>
/// <param name="NextWords">When it runs next, where no time can be named.</param>
public sealed record SyncRowView(
    SyncKey Key, string What, BadgeView Standing, string? Reason, RunRow? Last, string? LastReason, RunRow? Current, int Objects,
    DateTimeOffset? NextFire, string NextWords)
{
    public static SyncRowView From(SyncView sync)
    {
        var last = sync.Last;
        return new(
            sync.Key, DefinitionWords.Summary(sync.Entry.Definition), Badges.Of(sync.Standing), ReasonOf(sync), last, LastReasonOf(last),
            sync.Current, last is null ? 0 : last.Counts.Added + last.Counts.Updated + last.Counts.Unchanged, sync.NextFire,
            DefinitionWords.Next(sync.Entry.Definition))
        {
            Suspended = sync.Pause is not null,
            Since = sync is { Standing: SyncStanding.Drifted, Entry.Broken: false } && sync.Pause is not { Reason.Length: > 0 } ? sync.Drift.Since : null,
        };
    }

    /// <summary>Of what has drifted longest.</summary>
    public DateTimeOffset? Since { get; private init; }

    public bool Suspended { get; private init; }

    private static string? ReasonOf(SyncView sync) => sync switch
    {
        { Entry: { Broken: true, Definition: not null } } => "the file is broken; its last good version is in force",
        { Entry.Broken: true } => FaultCount(sync.Entry.Faults.Count),
        { Pause.Reason: { Length: > 0 } why } => why,
        { Standing: SyncStanding.Disabled } => "disabled: true in its file",
        { Standing: SyncStanding.Drifted, Drift: var drift } => Things(drift),
        { Standing: SyncStanding.OutOfDate, Hold: { } hold } => $"rolled back{(hold.By is { } by ? " by " + by : "")}",
        { Standing: SyncStanding.OutOfDate, Current.WaitingFor: Waits.Approval } => "a plan waits for approval",
        { Standing: SyncStanding.OutOfDate, Last: { UndoOf: not null, State: RunState.Succeeded } } => "the last run took back what was applied; the next one applies it again",
        { Standing: SyncStanding.OutOfDate, Last.State: RunState.Succeeded } => "the last run left something out",
        { Standing: SyncStanding.OutOfDate } => "the last run did not get through",
        _ => null,
    };

    private static string? LastReasonOf(RunRow? last) => last switch
    {
        null => null,
        { Error: { } error } => error,
        { Counts: { Conflict: > 0 } c } => $"{c.Conflict} in conflict",
        { Counts: { Failed: > 0 } c } => $"{c.Failed} failed",
        { Counts: { Invalid: > 0 } c } => $"{c.Invalid} invalid, left out",
        _ => null,
    };

    /// <summary>"2 flows, 1 file".</summary>
    private static string Things(DriftView drift) => string.Join(", ", drift.Standing.GroupBy(o => o.Kind).Select(g => $"{g.Count()} {g.Key}{(g.Count() == 1 ? "" : "s")}"));

    private static string FaultCount(int faults) => faults == 1 ? "1 fault in its file" : $"{faults} faults in its file";
}

using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>The clock and the alarm. A wake-up may come twice, late or not at all: the run row decides, and a sweep finds what was missed.</summary>
internal interface IJobScheduler
{
    /// <summary>Looks for a due run of <paramref name="sync"/> after <paramref name="delay"/>. Never blocks on the work.</summary>
    ValueTask WakeAsync(SyncKey sync, TimeSpan delay, CancellationToken ct);

    /// <summary>When the next Schedule trigger of <paramref name="sync"/> fires, or null when it has none.</summary>
    ValueTask<DateTimeOffset?> NextFireAsync(SyncKey sync, CancellationToken ct);
}

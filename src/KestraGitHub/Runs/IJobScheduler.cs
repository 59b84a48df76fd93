using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>Wakes the workers. A wake-up may come twice, late or not at all: the run row decides, and a sweep finds what was missed.</summary>
internal interface IJobScheduler
{
    /// <summary>Looks for a due run of <paramref name="sync"/> after <paramref name="delay"/>. Never blocks on the work.</summary>
    ValueTask WakeAsync(SyncKey sync, TimeSpan delay, CancellationToken ct);
}

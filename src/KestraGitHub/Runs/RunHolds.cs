using System.Globalization;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What keeps a run from beginning: a pause, or a window that is not open. A dry run writes nothing and is never held back.</summary>
internal sealed class RunHolds(PauseStore pauses, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromDays(1);

    /// <exception cref="RunMustWaitException">It is held back.</exception>
    public async Task CheckAsync(RunAttempt attempt)
    {
        if (attempt.Run.DryRun) return;
        var now = time.GetUtcNow();
        if (await pauses.OfAsync(attempt.Sync, attempt.Token) is { } pause)
            throw new RunMustWaitException(Waits.Pause, pause.Until - now, $"{Words(pause)} The run goes on when it is resumed.");
        if (WindowClock.UntilOpen(attempt.Safety.Windows, now) is var left && left == TimeSpan.Zero) return;
        throw left is { } wait
            ? new RunMustWaitException(Waits.Window, wait, $"Outside of the sync's windows; the next one opens at {Text(now + wait)}.")
            : new RunMustWaitException(Waits.Window, LookAgain, "The sync's windows never open within a year. Look at `x-kestra-github.windows` of its definition.");
    }

    public static string Words(Pause pause) =>
        $"{(pause.OfAll ? "All syncs are" : "The sync is")} suspended{(pause.By is { } by ? $" by {by}" : "")} since {Text(pause.Since)}"
        + $"{(pause.Until is { } until ? $" until {Text(until)}" : "")}{(pause.Reason.Length > 0 ? $": {pause.Reason}" : "")}.";

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Jobs;

/// <summary>Each node keeps its own schedules; Quartz's sweep goes on on one of them only, and by a clock that can be set.</summary>
internal sealed partial class ScheduleKeeper(Schedules schedules, Sweep sweep, IOptions<RunOptions> options, TimeProvider time, ILogger<ScheduleKeeper> logger)
    : BackgroundService
{
    /// <summary>What a clock may be moved by without anybody having set it.</summary>
    private static readonly TimeSpan Drift = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Sweep, time);
        var (wall, steady) = (time.GetUtcNow(), time.GetTimestamp());
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var back = wall + time.GetElapsedTime(steady) - time.GetUtcNow();
                (wall, steady) = (time.GetUtcNow(), time.GetTimestamp());
                await KeepAsync(back > Drift ? back : null, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task KeepAsync(TimeSpan? setBack, CancellationToken ct)
    {
        try
        {
            if (setBack is { } by)
            {
                LogSetBack(logger, by);
                await sweep.SetAsync(ct);
            }

            await schedules.KeepAsync(ct);
        }
#pragma warning disable CA1031 // The boundary of a background loop: the next look may find the database back.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogLater(logger, SchedulerTrouble.FirstLine(e.Message));
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The schedules could not be looked after now: {Message}")]
    private static partial void LogLater(ILogger logger, string message);

    [LoggerMessage(2, LogLevel.Warning, "The clock was set back by {By}. Runs go on; a schedule fires again when the clock reaches its next moment for the first time.")]
    private static partial void LogSetBack(ILogger logger, TimeSpan by);
}

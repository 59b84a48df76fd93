using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Jobs;

/// <summary>Each node keeps its own schedules; Quartz's sweep goes on on one of them only.</summary>
internal sealed partial class ScheduleKeeper(Schedules schedules, IOptions<RunOptions> options, TimeProvider time, ILogger<ScheduleKeeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Sweep, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await KeepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task KeepAsync(CancellationToken ct)
    {
        try
        {
            await schedules.KeepAsync(ct);
        }
#pragma warning disable CA1031 // The boundary of a background loop: the next look may find the database back.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogLater(logger, e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The schedules could not be looked after now: {Message}")]
    private static partial void LogLater(ILogger logger, string message);
}

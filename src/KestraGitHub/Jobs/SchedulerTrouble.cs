using System.Data.Common;
using KestraGitHub.Storage;
using Microsoft.Extensions.Logging;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>Says in one line what Quartz cannot do because the database is away: its own words carry the causes' stacks, many times a minute.</summary>
internal sealed partial class SchedulerTrouble(ILogger<SchedulerTrouble> logger) : ISchedulerListener
{
    public ValueTask SchedulerError(IScheduler scheduler, SchedulerErrorContext context, CancellationToken cancellationToken)
    {
        if (StorageFault(context.Exception) is { } fault) LogHeldUp(logger, FirstLine(fault.Message));
        else LogTrouble(logger, FirstLine(context.Message), context.Exception);
        return ValueTask.CompletedTask;
    }

    public static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();

    private static Exception? StorageFault(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (error is StorageUnavailableException or DbException) return error;
        return null;
    }

    [LoggerMessage(1, LogLevel.Warning, "Wake-ups and schedules are held up until the database is back: {Message}")]
    private static partial void LogHeldUp(ILogger logger, string message);

    [LoggerMessage(2, LogLevel.Error, "Wake-ups and schedules have a fault: {Message}")]
    private static partial void LogTrouble(ILogger logger, string message, Exception? error);
}

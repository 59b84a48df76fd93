using KestraGitHub.Definitions;
using KestraGitHub.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>Takes one due run of a sync, holds it by its lease, carries it out, and writes down how it ended.</summary>
internal sealed partial class RunWorker(
    RunStore runs, SyncRunner runner, IJobScheduler scheduler, IOptions<RunOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<RunWorker> logger)
{
    /// <summary>Names this process among the nodes: a lease is somebody's.</summary>
    private readonly string _owner = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}"[..40];

    /// <summary>Does nothing when no run of the sync is due, or another one is running.</summary>
    public async Task RunDueAsync(SyncKey sync, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return;
        var claimedAt = time.GetTimestamp();
        if (await runs.ClaimAsync(sync, _owner, options.Value.Lease, ct) is not { } claimed) return;
        using var scope = RunScope(logger, claimed.Run.Id, sync);
        await ExecuteAsync(claimed, claimedAt);

        // Whatever came while it ran could not be claimed; look again, behind the other syncs that wait.
        await scheduler.WakeAsync(sync, TimeSpan.Zero, CancellationToken.None);
    }

    private async Task ExecuteAsync(ClaimedRun claimed, long claimedAt)
    {
        var run = claimed.Run;
        var report = new RunReport();
        var earlier = await runs.EventsAsync(run.Id, -1, CancellationToken.None);
        var log = new RunLog(runs, run.Id, earlier.Count > 0 ? earlier[^1].Seq : 0, time);
        log.Step("received", Introduction(run, earlier.Count > 0));
        var stopping = lifetime.ApplicationStopping;
        Exception? error = null;
        var keeper = new LeaseKeeper(runs, claimed.Lease, claimedAt, options.Value, time, _ => { }, stopping);
        await using (keeper)
        {
            await using var flushing = new Flusher(log, time);
            try
            {
                await runner.RunAsync(run, keeper, log, report);
            }
#pragma warning disable CA1031 // The boundary of a run: whatever it throws is its result.
            catch (Exception e)
#pragma warning restore CA1031
            {
                error = e;
            }

            if (keeper.Lost || error is LeaseLostException)
            {
                LogLost(logger, run.Id);
                return;
            }

            if (error is OperationCanceledException && !keeper.Cancelled && stopping.IsCancellationRequested)
            {
                log.Warn("The service stops; the run goes back to the queue and starts anew with the next start.");
                await log.FlushAsync(CancellationToken.None);
                await runs.ReleaseAsync(keeper.Lease, CancellationToken.None);
                return;
            }

            await EndAsync(run, keeper, report, log, error);
        }
    }

    private async Task EndAsync(RunRow run, LeaseKeeper keeper, RunReport report, RunLog log, Exception? error)
    {
        var ct = CancellationToken.None;
        if (keeper.Cancelled && error is not null)
        {
            log.Step("finished", "cancelled");
            await log.FlushAsync(ct);
            await runs.FinishAsync(keeper.Lease, new RunEnding(RunState.Cancelled, report.Counts, report.Rows, null, null), ct);
            return;
        }

        if (error is null)
        {
            log.Step("finished", report.Counts.Changed == 0 ? "nothing to change" : run.DryRun ? $"{report.Counts.Changed} would change" : $"{report.Counts.Changed} changed");
            await log.FlushAsync(ct);
            await runs.FinishAsync(keeper.Lease, new RunEnding(RunState.Succeeded, report.Counts, report.Rows, null, null), ct);
            LogSucceeded(logger, run.Id, run.Sync, report.Counts.Added, report.Counts.Updated, report.Counts.Deleted);
            return;
        }

        var failure = FailureKinds.Of(error);
        if (failure.Kind == FailureKind.Bug) LogBug(logger, run.Id, run.Sync, error);
        if (failure.Kind == FailureKind.Transient && run.Attempt < options.Value.MaxAttempts)
        {
            var delay = RetryDelay.After(run.Attempt, failure.RetryAfter, options.Value, Random.Shared.NextDouble());
            var due = time.GetUtcNow() + delay;
            log.Error("", $"Attempt {run.Attempt} of {options.Value.MaxAttempts} failed: {failure.Message} Next attempt in {delay.TotalSeconds:0.#} s.");
            await log.FlushAsync(ct);
            await runs.RetryAsync(keeper.Lease, due, "retry", failure.Message, ct);
            await scheduler.WakeAsync(run.Sync, delay, ct);
            LogRetry(logger, run.Id, run.Sync, run.Attempt, failure.Message);
            return;
        }

        log.Error("finished", $"failed: {failure.Message}");
        await log.FlushAsync(ct);
        await runs.FinishAsync(keeper.Lease, new RunEnding(RunState.Failed, report.Counts, report.Rows, failure.Message, failure.Word), ct);
        LogFailed(logger, run.Id, run.Sync, failure.Word, failure.Message);
    }

    private static string Introduction(RunRow run, bool again) => (again ? "taken up again: " : "") + run.Trigger.Kind switch
    {
        "webhook" => $"push to {run.Trigger.Ref ?? "?"}{(run.Trigger.By is { Length: > 0 } by ? $" by {by}" : "")}, delivery {run.Trigger.DeliveryId}"
            + (run.Deliveries > 1 ? $" and {run.Deliveries - 1} more" : ""),
        "schedule" => $"schedule {run.Trigger.Id}",
        var other => $"asked for by {other}{(run.DryRun ? ", dry run" : "")}",
    };

    /// <summary>Writes the log's lines once a second, so that a page can follow a long run.</summary>
    private sealed class Flusher : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loop;

        public Flusher(RunLog log, TimeProvider time) => _loop = LoopAsync(log, time);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _loop;
            _stop.Dispose();
        }

        private async Task LoopAsync(RunLog log, TimeProvider time)
        {
            try
            {
                while (true)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), time, _stop.Token);
                    await log.FlushAsync(_stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
            }
            catch (StorageUnavailableException)
            {
                // The end of the run writes them, or fails for the same reason.
            }
        }
    }

    private static readonly Func<ILogger, string, SyncKey, IDisposable?> RunScope = LoggerMessage.DefineScope<string, SyncKey>("run {RunId} of {Sync}");

    [LoggerMessage(1, LogLevel.Information, "Run {RunId} of {Sync} succeeded: {Added} added, {Updated} updated, {Deleted} deleted")]
    private static partial void LogSucceeded(ILogger logger, string runId, SyncKey sync, int added, int updated, int deleted);

    [LoggerMessage(2, LogLevel.Warning, "Run {RunId} of {Sync} failed ({Kind}): {Message}")]
    private static partial void LogFailed(ILogger logger, string runId, SyncKey sync, string kind, string message);

    [LoggerMessage(3, LogLevel.Warning, "Run {RunId} of {Sync}, attempt {Attempt}, is tried again: {Message}")]
    private static partial void LogRetry(ILogger logger, string runId, SyncKey sync, int attempt, string message);

    [LoggerMessage(4, LogLevel.Error, "Run {RunId} of {Sync} met a fault of ours")]
    private static partial void LogBug(ILogger logger, string runId, SyncKey sync, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "Run {RunId} lost its lease; nothing more was written, another worker takes it up")]
    private static partial void LogLost(ILogger logger, string runId);
}

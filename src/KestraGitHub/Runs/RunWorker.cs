using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>Takes one due run of a sync, holds it by its lease, carries it out, and writes down how it ended.</summary>
internal sealed partial class RunWorker(
    RunStore runs, SyncRunner runner, UndoRunner undoer, FailureUndo undo, Dependencies dependencies, IJobScheduler scheduler, IOptions<RunOptions> options,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<RunWorker> logger)
{
    /// <summary>Time to give a run back in, when the service stops.</summary>
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(2);

    /// <summary>Names this process among the nodes: a lease is somebody's.</summary>
    private readonly string _owner = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";

    /// <summary>Does nothing when no run of the sync is due, or another one is running.</summary>
    public async Task RunDueAsync(SyncKey sync, CancellationToken ct)
    {
        if (Stopping) return;
        var claimedAt = time.GetTimestamp();
        if (await runs.ClaimAsync(sync, _owner, options.Value.Lease, ct) is { } claimed)
        {
            using var scope = RunScope(logger, claimed.Run.Id, sync);
            await CarryOutAsync(claimed, claimedAt);
        }

        // A sync has one wake-up, the earliest: this one may have taken the place of a later one, or another run came while this one went on.
        if (Stopping || await runs.NextDueAsync(sync, ct) is not { } left) return;
        await scheduler.WakeAsync(sync, left, CancellationToken.None);
    }

    private bool Stopping => lifetime.ApplicationStopping.IsCancellationRequested;

    private async Task CarryOutAsync(ClaimedRun claimed, long claimedAt)
    {
        try
        {
            await ExecuteAsync(claimed, claimedAt);
        }
        catch (StorageUnavailableException e)
        {
            // Its lease ends, the sweep finds it.
            LogNotStored(logger, claimed.Run.Id, claimed.Run.Sync, e.Message);
        }
#pragma warning disable CA1031 // The boundary of a run. Given back it would only meet the same fault again: it ends here, with as little as can be stored.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBug(logger, claimed.Run.Id, claimed.Run.Sync, e);
            var fault = FailureKinds.Of(e);
            await runs.FinishAsync(claimed.Lease, new RunEnding(RunState.Failed, new RunCounts(), [], fault.Message, fault.Word), CancellationToken.None);
        }
    }

    private async Task ExecuteAsync(ClaimedRun claimed, long claimedAt)
    {
        var run = claimed.Run;
        var report = new RunReport();
        // Quartz takes no wake-ups once it stops: the one by which another node finds this run, given back, is left before.
        await using var leave = lifetime.ApplicationStopping.Register(() => _ = scheduler.WakeAsync(run.Sync, HandOver, CancellationToken.None).AsTask());
        await using var keeper = new LeaseKeeper(runs, claimed.Lease, claimedAt, options.Value, time, _ => { }, lifetime.ApplicationStopping);
        var last = await runs.LastEventAsync(run.Id, CancellationToken.None);
        var log = new RunLog(runs, run.Id, last, time);
        log.Step("received", Introduction(run, last > 0));
        Exception? error = null;
        await using (new Flusher(log, time))
        {
            try
            {
                // One that somebody wanted stopped while nobody held it has only to be ended, and what it wrote to be put back.
                if (run.CancelRequested) throw new RunCancelledException();
                await (run.UndoOf is null ? runner.RunAsync(run, keeper, log, report) : undoer.RunAsync(run, keeper, log, report));
            }
#pragma warning disable CA1031 // The boundary of a run: whatever it throws is its result.
            catch (Exception e)
#pragma warning restore CA1031
            {
                error = e;
            }
        }

        await EndAsync(run, keeper, report, log, error);
        await log.FlushAsync(CancellationToken.None);
    }

    private async Task EndAsync(RunRow run, LeaseKeeper keeper, RunReport report, RunLog log, Exception? error)
    {
        var ct = CancellationToken.None;
        if (keeper.Lost || error is LeaseLostException)
        {
            // If nobody has taken it up yet, it goes back at once; whoever has keeps it.
            LogLost(logger, run.Id);
            await runs.ReleaseAsync(keeper.Lease, ct);
            return;
        }

        if (error is RunCancelledException || (keeper.Cancelled && error is not null))
        {
            if (await PutBackAsync(run, keeper, log, report, "was cancelled") is not { } stands) return;
            log.Step("finished", $"cancelled{(stands.Length > 0 ? $". {stands}" : "")}");
            await StoreAsync(run, log, () => runs.FinishAsync(keeper.Lease, new RunEnding(RunState.Cancelled, report.Counts, report.Rows, stands.Length > 0 ? stands : null, null), ct));
            return;
        }

        if (error is null)
        {
            log.Step("finished", report.Counts.Changed == 0 ? "nothing to change" : run.DryRun ? $"{report.Counts.Changed} would change" : $"{report.Counts.Changed} changed");
            await StoreAsync(run, log, () => runs.FinishAsync(keeper.Lease, new RunEnding(RunState.Succeeded, report.Counts, report.Rows, null, null), ct));
            await dependencies.WakeAsync(run.Sync, ct);
            LogSucceeded(logger, run.Id, run.Sync, report.Counts.Added, report.Counts.Updated, report.Counts.Deleted);
            return;
        }

        if (error is RunMustWaitException wait)
        {
            log.Step("waiting", wait.Message);
            await StoreAsync(run, log, () => runs.ParkAsync(keeper.Lease, wait.WaitingFor, wait.Delay, wait.Message, report.Counts, report.Rows, ct));
            LogWaits(logger, run.Id, run.Sync, wait.WaitingFor);
            return;
        }

        var failure = FailureKinds.Of(error);
        if (Stopping && (error is OperationCanceledException || failure.Kind == FailureKind.Transient))
        {
            // What a stop interrupts looks like a failure of the other side now and then; it costs no attempt.
            log.Warn("The service stops; the run goes back to the queue and starts anew with the next start.");
            await log.FlushAsync(ct);
            await runs.ReleaseAsync(keeper.Lease, ct);
            return;
        }

        if (failure.Kind == FailureKind.Bug) LogBug(logger, run.Id, run.Sync, error);
        var since = time.GetUtcNow() - (run.StartedAt ?? run.CreatedAt);
        if (failure.Kind == FailureKind.Transient
            && RetryDelay.After(run.Attempt, report.Retry, since, failure.RetryAfter, options.Value, Random.Shared.NextDouble()) is { } delay)
        {
            log.Error("", $"Attempt {run.Attempt} failed: {failure.Message} Next attempt in {delay.TotalSeconds:0.#} s.");
            await StoreAsync(run, log, () => runs.RetryAsync(keeper.Lease, delay, Waits.Retry, failure.Message, ct));
            LogRetry(logger, run.Id, run.Sync, run.Attempt, failure.Message);
            return;
        }

        if (await PutBackAsync(run, keeper, log, report, "failed") is not { } what) return;
        var message = what.Length > 0 ? $"{failure.Message} {what}" : failure.Message;
        log.Error("finished", $"failed: {message}");
        await StoreAsync(run, log, () => runs.FinishAsync(keeper.Lease, new RunEnding(RunState.Failed, report.Counts, report.Rows, message, failure.Word), ct));
        LogFailed(logger, run.Id, run.Sync, failure.Word, message);
    }

    /// <summary>What stands of a run that ends without having done its work. Null when it does not end here: whoever takes it up finds its journal.</summary>
    private async Task<string?> PutBackAsync(RunRow run, LeaseKeeper keeper, RunLog log, RunReport report, string how)
    {
        await using var holding = keeper.ToPutBack(lifetime.ApplicationStopping);
        await using var flusher = new Flusher(log, time);
        for (var told = false; ; told = true)
        {
            try
            {
                return await undo.PutBackAsync(run, holding, log, report, how);
            }
            catch (StorageUnavailableException e) when (!Stopping && !holding.Lost)
            {
                if (!told) LogNotStored(logger, run.Id, run.Sync, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
            catch (Exception e) when (e is OperationCanceledException or StorageUnavailableException)
            {
                log.Warn("What this run wrote could not be put back now; it is taken up again.");
                await log.FlushAsync(CancellationToken.None);
                if (holding.Lost) LogLost(logger, run.Id);
                await runs.ReleaseAsync(holding.Lease, CancellationToken.None);
                return null;
            }
        }
    }

    /// <summary>How a run ended is kept until the database takes it; whoever holds the run by then keeps it, for the lease is asked with it.</summary>
    private async Task StoreAsync(RunRow run, RunLog log, Func<Task<bool>> end)
    {
        for (var told = false; ; told = true)
        {
            await log.FlushAsync(CancellationToken.None);
            try
            {
                if (!await end()) LogLost(logger, run.Id);
                return;
            }
            catch (StorageUnavailableException e) when (!Stopping)
            {
                if (!told) LogNotStored(logger, run.Id, run.Sync, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
        }
    }

    private static string Introduction(RunRow run, bool again) => (again ? "taken up again: " : "") + run.Trigger.Kind switch
    {
        "webhook" => $"push to {run.Trigger.Ref ?? "?"}{(run.Trigger.By is { Length: > 0 } by ? $" by {by}" : "")}, delivery {run.Trigger.DeliveryId}"
            + (run.Deliveries > 1 ? $" and {run.Deliveries - 1} more" : ""),
        "replay" => $"delivery {run.Trigger.DeliveryId} of {run.Trigger.Ref ?? "?"}, replayed{(run.Trigger.By is { Length: > 0 } by ? $" by {by}" : "")}",
        "poll" => $"{run.Trigger.Ref} had moved to {run.Trigger.Commit}, and no delivery told so",
        "pullRequest" => $"pull request {run.PullRequest?.Number} of {run.PullRequest?.Repository}{(run.Trigger.By is { Length: > 0 } by ? $" by {by}" : "")}, only planned",
        "drift" => "something was edited in Kestra, or taken back there",
        "rerun" => $"the check of {LogWords.Short(run.Trigger.Commit ?? "?")} was asked for again on GitHub{(run.Trigger.By is { Length: > 0 } by ? $" by {by}" : "")}",
        "schedule" => $"schedule {run.Trigger.Id}",
        "undo" or "restore" => $"{run.Trigger.Kind} of run {run.UndoOf}{(run.Trigger.By is { Length: > 0 } by ? $", asked for by {by}" : "")}",
        var other => $"asked for by {(run.Trigger.By is { Length: > 0 } by ? $"{by}, {Way(other)}" : other)}{(run.DryRun ? ", dry run" : "")}{(run.OnConflict is { } wins ? $", onConflict is {wins.Word()} this time" : "")}",
    };

    private static string Way(string trigger) => trigger switch { "dashboard" => "on the dashboard", "api" => "by the API", "cli" => "by the command line", _ => trigger };

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

    [LoggerMessage(7, LogLevel.Information, "Run {RunId} of {Sync} waits: {WaitingFor}")]
    private static partial void LogWaits(ILogger logger, string runId, SyncKey sync, string waitingFor);

    [LoggerMessage(6, LogLevel.Warning, "How run {RunId} of {Sync} ended could not be stored yet: {Message}")]
    private static partial void LogNotStored(ILogger logger, string runId, SyncKey sync, string message);
}

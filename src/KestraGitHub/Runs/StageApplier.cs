using System.Runtime.ExceptionServices;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Carries out the plans of a stage, one after the other, and remembers what was done. The first failure is the end.</summary>
internal sealed class StageApplier(StagePlanner planner, GitMirrors git, StageJournal journal, InventoryStore inventories, RunStore runs, CommitReports reports, Digests digests, ProposalDesk proposals)
{
    private const int MostReplans = 5;

    /// <exception cref="Exception">What ended it. By then everything that was done is remembered and reported.</exception>
    public async Task ApplyAsync(RunAttempt attempt, List<TaskRun> tasks)
    {
        var (log, report) = (attempt.Log, attempt.Report);
        Exception? failure = null;
        foreach (var task in tasks)
        {
            if (failure is not null || task.Plan is null || task.Task.DryRun)
            {
                task.ReportPlanned(report, reached: failure is null);
                continue;
            }

            var result = await task.WithinTimeoutAsync(limited => CarryOutAsync(attempt, task, limited), attempt.Token);
            var plan = task.Plan;
            failure = task.InTermsOfTimeout(result.Failure?.Error, attempt.Token);
            report.AddApplied(task.Task.Id, plan, result);
            task.Applied = result.Done;
            // What is only proposed is not in Git yet.
            if (!attempt.Keeper.Lost) await RememberAsync(attempt, task, plan, task.ProposesPush ? result with { Done = [] } : result);
            log.Step(failure is null ? "applied" : "", $"{task.Task.Id}: {result.Done.Count} of {plan.Writes.Count()} writes done, {task.Server.Calls} calls of Kestra in all");
            if (failure is null && !task.Pushes && WriteProof.Words(result) is { } proof) log.Step("verified", $"{task.Task.Id}: {proof}");
            if (task.Git?.Pushed is { } pushed)
            {
                log.Step("pushed", $"{task.Task.Id}: commit {LogWords.Short(pushed.Commit)} to {task.Task.Git.Branch} of {task.Task.Git.Url}");
                if (failure is null) log.Step("verified", $"{task.Task.Id}: the Git server has confirmed that the branch holds it");
                await runs.SetRevisionAsync(attempt.Keeper.Lease, pushed.Commit, pushed.Subject, pushed.Author, CancellationToken.None);
                await runs.SetSourcesAsync(attempt.Keeper.Lease, 0, [task.Place()], CancellationToken.None);
                await reports.FollowAsync(attempt.Run, attempt.Keeper.Lease, [task.Place()], CancellationToken.None);
            }

            TellDigestion(attempt, task.Server);
        }

        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    private async Task<ApplyResult> CarryOutAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        if (task.ProposesPush) return await proposals.ProposeAsync(attempt, task, ct);
        if (task.Pushes) return await PushAsync(attempt, task, ct);
        // First: from then on the edits are safe, whatever becomes of the rest.
        if (task.Task.Proposal is not null && await OfferedAsync(attempt, task, ct) is { } failure) return new ApplyResult([], null, failure);
        return await WriteAsync(attempt, task, ct);
    }

    private async Task<ApplyFailure?> OfferedAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        try
        {
            await proposals.OfferAsync(attempt, task, ct);
            return null;
        }
        catch (Exception e)
        {
            return new ApplyFailure(null, e);
        }
    }

    /// <summary>Commits and pushes. When somebody else was quicker, the plan is made anew on what is there now: nothing of theirs is lost, or undone.</summary>
    private async Task<ApplyResult> PushAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        using var turn = await git.TakeTurnAsync(task.Task.Git, ct);
        for (var tried = 0; ; tried++)
        {
            var result = await KeptAsync(attempt, task, ct);
            if (result.Failure?.Error is not GitException { Kind: GitErrorKind.Moved } moved || tried == MostReplans) return result;
            attempt.Log.Info($"{task.Task.Id}: {moved.Message} The plan is made anew on what is there now.");
            try
            {
                await planner.ReplanAsync(attempt, task, ct);
            }
            catch (Exception e)
            {
                return new ApplyResult([], null, new ApplyFailure(null, e));
            }
        }
    }

    /// <summary>Writes down what is there, writes, and looks whether the target says that it holds what it was sent.</summary>
    private async Task<ApplyResult> WriteAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        var result = await KeptAsync(attempt, task, ct);
        var proven = WriteProof.Of(result);
        if (result.Failure is null && proven.Failure is { } altered) attempt.Log.Error("verified", $"{task.Task.Id}: {altered.Error.Message}");
        return proven;
    }

    private async Task<ApplyResult> KeptAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        IReadOnlyList<JournalEntry> kept;
        try
        {
            kept = await journal.KeepAsync(attempt, task, ct);
        }
        catch (Exception e)
        {
            return new ApplyResult([], null, new ApplyFailure(null, e)); // nothing was sent, and the report says why
        }

        var result = await task.Target.ApplyAsync(task.Plan!, task.Source, attempt.Keeper, ct);
        if (!attempt.Keeper.Lost) await journal.WrittenAsync(attempt, kept, result.Done);
        return result;
    }

    private async Task RememberAsync(RunAttempt attempt, TaskRun run, SyncPlan plan, ApplyResult result)
    {
        var update = InventoryUpdate.Of(plan, result.Done, run.Inventory);
        var state = await run.StateAfterAsync(plan, result, update.Faithful);

        // Not with the run's token: what was written is remembered even when the run is cancelled right now.
        await inventories.SaveAsync(attempt.Sync, run.Task.Name, update.Put, update.Removed, state, CancellationToken.None);
    }

    private void TellDigestion(RunAttempt attempt, KestraServer server)
    {
        if (server.Load.Digesting is var left && left < Digestion.WorthTelling) return;
        var words = Digestion.Words(server.Version);
        attempt.Log.Step("applied", $"{words} ({Digestion.About(left)})");
        digests.Tell(attempt.Sync, attempt.Run.Id, words, left);
    }
}

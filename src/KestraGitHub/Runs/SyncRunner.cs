using System.Xml;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// One sync, start to end: read everything, plan everything, ask Kestra about everything, and only then write; deletes last. Whatever happens, the
/// report tells what was done. The tasks of one stage (<see cref="FlowWalk"/>) are one such whole.
/// </summary>
internal sealed class SyncRunner(
    DefinitionFolder definitions, DefinitionEnvironment environment, StagePlanner planner, StageApplier applier,
    StageGate gate, RunGuard guard, RunHolds holds, Dependencies dependencies, InventoryStore inventories, RunStore runs, KvReader kv, CloneDesk clones, CommitReports reports, PullRequestPlans pulls, TimeProvider time)
{
    /// <exception cref="RunMustWaitException">It is not yet time.</exception>
    /// <exception cref="Exception">Whatever ended it; <see cref="FailureKinds"/> says what that means. <paramref name="report"/> holds what was done until then.</exception>
    public async Task RunAsync(RunRow run, LeaseKeeper keeper, RunLog log, RunReport report)
    {
        var attempt = new RunAttempt(run, AsWished(DefinitionOf(run), run), keeper, log, report);
        await holds.CheckAsync(attempt);
        if (attempt.Safety.Limits.RunTime is not { } most)
        {
            await RunAsync(attempt);
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(keeper.Token);
        limit.CancelAfter(most);
        try
        {
            await RunAsync(attempt with { Token = limit.Token });
        }
        catch (OperationCanceledException e) when (e is not (LeaseLostException or RunCancelledException) && limit.IsCancellationRequested && !keeper.Token.IsCancellationRequested)
        {
            throw new PermanentFailureException($"The run took longer than limits.runTime ({XmlConvert.ToString(most)}). Give it more time, or find out what is slow: the log has the steps.");
        }
    }

    private async Task RunAsync(RunAttempt begun)
    {
        var attempt = await guard.PrepareAsync(begun);
        var (run, keeper, ct) = (attempt.Run, attempt.Keeper, attempt.Token);
        var walk = Walk(attempt);
        var outputs = new OutputKeeper(run.DryRun, await runs.SourcesAsync(run.Id, ct));
        for (var done = 0; await walk.NextAsync(ct) is { } stage; done += stage.Count)
        {
            await pulls.BeginAsync(attempt, stage);
            var tasks = await planner.OpenAsync(attempt, stage);
            if (done == 0) await dependencies.CheckAsync(attempt, tasks);
            List<SourceRow> places = [.. tasks.Select(t => t.Place())];
            await runs.SetSourcesAsync(keeper.Lease, done, places, ct);
            await reports.FollowAsync(run, keeper.Lease, places, ct);
            if (await guard.StopsAsync(attempt, tasks)) return;
            await RunStageAsync(attempt, tasks, isFirst: done == 0);
            foreach (var task in tasks)
            {
                var held = task is { Plan: null, Task.Layout: Layout.OneFlow } ? await inventories.LoadAsync(run.Sync, task.Task.Name, ct) : task.Inventory;
                if (outputs.Of(task, held) is { } given) walk.Remember(task.Task.Id, given);
            }
        }

        await guard.SucceededAsync(attempt);
    }

    private async Task RunStageAsync(RunAttempt attempt, List<TaskRun> tasks, bool isFirst)
    {
        await planner.PlanAsync(attempt, tasks, isFirst);
        var blockers = tasks.Where(t => t.Plan?.Blocker is not null).Select(t => tasks.Count > 1 ? $"{t.Task.Id}: {t.Plan!.Blocker}" : t.Plan!.Blocker!).ToList();
        if (blockers.Count > 0)
        {
            foreach (var task in tasks) task.ReportPlanned(attempt.Report, reached: false);
            var reason = string.Join(" ", blockers);
            if (tasks.Exists(t => t.Plan is { Blocker: not null } plan && plan.Changes.Any(c => c.Action == ChangeAction.Invalid))) await guard.KeepAsync(attempt, tasks, reason);
            throw new PermanentFailureException(reason);
        }

        await gate.RefuseAsync(attempt, tasks);
        if (attempt.Run.DryRun || tasks.TrueForAll(t => t.Plan is null))
        {
            foreach (var task in tasks) task.ReportPlanned(attempt.Report, reached: true);
            if (!attempt.Run.DryRun) return;
            await gate.TellAsync(attempt, tasks);
            attempt.Log.Step("applied", "nothing: this is a dry run");
            return;
        }

        await gate.PassAsync(attempt, tasks);
        try
        {
            await applier.ApplyAsync(attempt, tasks);
        }
        catch (KestraException e) when (e is { Kind: KestraFailureKind.Invalid, IsTransient: false })
        {
            await guard.KeepAsync(attempt, tasks, e.Message);
            throw;
        }
    }

    private static Definition AsWished(Definition definition, RunRow run) => run.OnConflict is { } wins
        ? definition with { Options = definition.Options with { Safety = definition.Options.Safety with { OnConflict = wins } } }
        : definition;

    private Definition DefinitionOf(RunRow run)
    {
        var entry = definitions.Catalog.Find(run.Sync)
            ?? throw new PermanentFailureException($"The definition {run.Sync} is gone. Put its file back into the folder of definitions, or leave this run as it is.");
        var definition = entry.Definition
            ?? throw new PermanentFailureException($"The definition {run.Sync} does not load: {string.Join(" ", entry.Faults.Select(f => f.ToString()))}");
        return definition.Disabled && !run.DryRun
            ? throw new PermanentFailureException($"The definition {run.Sync} was disabled since this run was asked for; nothing was written.")
            : definition;
    }

    private FlowWalk Walk(RunAttempt attempt)
    {
        var (run, definition) = (attempt.Run, attempt.Definition);
        var known = new RenderContext(environment, run.Payload) { TriggerId = run.Trigger.Id, Run = new RunFacts(run.Id, run.StartedAt ?? run.CreatedAt, time.GetUtcNow()) };
        return new FlowWalk(
            definition, run, known, (name, ct) => kv.ReadAsync(definition, known, name, attempt.Log, ct), (clone, ct) => FetchAsync(clone, attempt, ct), attempt.Log, attempt.Report);
    }

    /// <summary>A clone writes nothing: what a run does for it is to have its commit at hand.</summary>
    private async Task FetchAsync(CloneTask task, RunAttempt attempt, CancellationToken ct)
    {
        var (run, lease) = (attempt.Run, attempt.Keeper.Lease);
        var commit = await clones.FetchAsync(task, run.RequestedRevision, ct);
        await runs.SetRevisionAsync(lease, commit.Commit, commit.Subject, commit.Author, ct);
        await runs.SetSourcesAsync(lease, 0, [new SourceRow(task.Id, task.Git.Url, commit.Head.Reference ?? task.Revision, commit.Commit, Made: false)], ct);
        // An archive is asked for by the task's own id, which says nothing of a loop's value.
        var where = task.Id.Contains('[', StringComparison.Ordinal) ? "is at hand" : $"is ready at {CloneDesk.PathOf(run.Sync, task.Id)}";
        attempt.Log.Step("fetched", $"{task.Id}: commit {LogWords.Short(commit.Commit)} of {task.Git.Url} {where} ({commit.Subject})");
    }
}

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
    DefinitionFolder definitions, DefinitionEnvironment environment, GitMirrors git, KestraServers servers, KestraOptions kestra,
    InventoryStore inventories, RunStore runs, OwnCommitStore ownCommits, Digests digests, KvReader kv, CloneDesk clones, TimeProvider time)
{
    private const int MostReplans = 5;

    /// <exception cref="Exception">Whatever ended it; <see cref="FailureKinds"/> says what that means. <paramref name="report"/> holds what was done until then.</exception>
    public async Task RunAsync(RunRow run, LeaseKeeper keeper, RunLog log, RunReport report)
    {
        var walk = Walk(DefinitionOf(run), run, keeper, log, report);
        var outputs = new OutputKeeper(run.DryRun, await runs.SourcesAsync(run.Id, keeper.Token));
        for (var done = 0; await walk.NextAsync(keeper.Token) is { } stage; done += stage.Count)
        {
            var tasks = await OpenAsync(stage, run, keeper);
            await runs.SetSourcesAsync(keeper.Lease, done, [.. tasks.Select(SourceOf)], keeper.Token);
            await RunStageAsync(run, tasks, keeper, log, report, isFirst: done == 0);
            foreach (var task in tasks)
            {
                var held = task is { Plan: null, Task.Layout: Layout.OneFlow } ? await inventories.LoadAsync(run.Sync, task.Task.Name, keeper.Token) : task.Inventory;
                if (outputs.Of(task, held) is { } given) walk.Remember(task.Task.Id, given);
            }
        }
    }

    private async Task RunStageAsync(RunRow run, List<TaskRun> tasks, LeaseKeeper keeper, RunLog log, RunReport report, bool isFirst)
    {
        var ct = keeper.Token;
        foreach (var task in tasks) task.Plan = await task.WithinTimeoutAsync(limited => PlanAsync(run, task, log, limited), ct);
        if (isFirst && tasks is [{ Commit: { } commit }, ..]) await runs.SetRevisionAsync(keeper.Lease, commit.Commit, commit.Subject, commit.Author, ct);
        await log.FlushAsync(ct);
        await Contradictions.RefuseAsync(tasks, t => inventories.LoadAsync(run.Sync, t.Task.Name, ct));
        foreach (var task in tasks) await ValidateAsync(task, log, ct);
        await log.FlushAsync(ct);

        var blockers = tasks.Where(t => t.Plan?.Blocker is not null).Select(t => tasks.Count > 1 ? $"{t.Task.Id}: {t.Plan!.Blocker}" : t.Plan!.Blocker!).ToList();
        if (blockers.Count > 0 || run.DryRun || tasks.TrueForAll(t => t.Plan is null))
        {
            foreach (var task in tasks) ReportPlanned(task, report, reached: blockers.Count == 0);
            if (blockers.Count > 0) throw new PermanentFailureException(string.Join(" ", blockers));
            if (run.DryRun) log.Step("applied", "nothing: this is a dry run");
            return;
        }

        await ApplyAsync(run, tasks, keeper, log, report);
    }

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

    private FlowWalk Walk(Definition definition, RunRow run, LeaseKeeper keeper, RunLog log, RunReport report)
    {
        var known = new RenderContext(environment, run.Payload) { TriggerId = run.Trigger.Id, Run = new RunFacts(run.Id, run.StartedAt ?? run.CreatedAt, time.GetUtcNow()) };
        return new FlowWalk(
            definition, run, known, (name, ct) => kv.ReadAsync(definition, known, name, log, ct), (clone, ct) => FetchAsync(clone, run, keeper, log, ct), log, report);
    }

    /// <summary>A clone writes nothing: what a run does for it is to have its commit at hand.</summary>
    private async Task FetchAsync(CloneTask task, RunRow run, LeaseKeeper keeper, RunLog log, CancellationToken ct)
    {
        var commit = await clones.FetchAsync(task, run.RequestedRevision, ct);
        await runs.SetRevisionAsync(keeper.Lease, commit.Commit, commit.Subject, commit.Author, ct);
        await runs.SetSourcesAsync(keeper.Lease, 0, [new SourceRow(task.Id, task.Git.Url, commit.Head.Reference ?? task.Revision, commit.Commit, Made: false)], ct);
        // An archive is asked for by the task's own id, which says nothing of a loop's value.
        var where = task.Id.Contains('[', StringComparison.Ordinal) ? "is at hand" : $"is ready at {CloneDesk.PathOf(run.Sync, task.Id)}";
        log.Step("fetched", $"{task.Id}: commit {Short(commit.Commit)} of {task.Git.Url} {where} ({commit.Subject})");
    }

    /// <summary>Asks Git where the branches are, and finds the Kestra servers. Reads no content yet.</summary>
    private async Task<List<TaskRun>> OpenAsync(IReadOnlyList<SyncTask> stage, RunRow run, LeaseKeeper keeper)
    {
        var ct = keeper.Token;
        var heads = new Dictionary<(string, string?), GitHead>();
        var tasks = new List<TaskRun>();
        foreach (var task in stage)
        {
            if (!heads.TryGetValue((task.Git.Url, task.Git.Branch), out var head))
            {
                head = task.Push is null ? await git.ResolveAsync(task.Git, run.RequestedRevision, ct) : await git.ResolveForPushAsync(task.Git, ct);
                heads[(task.Git.Url, task.Git.Branch)] = head;
            }

            var server = await servers.ConnectAsync(task.Kestra, ct);
            tasks.Add(new TaskRun(task, head, server, kestra.ToStoreOptions(), await inventories.StateAsync(run.Sync, task.Name, ct)));
        }

        if (tasks[0].Head.Commit.Length > 0) await runs.SetRevisionAsync(keeper.Lease, tasks[0].Head.Commit, null, null, ct);
        return tasks;
    }

    /// <summary>Null when neither side moved.</summary>
    private async Task<SyncPlan?> PlanAsync(RunRow row, TaskRun run, RunLog log, CancellationToken ct)
    {
        var task = run.Task;
        if (run.Last is { Cursor: { } cursor } last && await GitIsWhereItWasAsync(run, last, ct) && !await run.Kestra.HasMovedAsync(cursor, ct))
        {
            log.Step("planned", $"{task.Id}: neither Git ({Short(run.Head.Commit)}) nor Kestra moved since the last run");
            return null;
        }

        run.Inventory = await inventories.LoadAsync(row.Sync, task.Name, ct);
        return await PlanAtHeadAsync(row, run, log, ct);
    }

    private async Task<SyncPlan> PlanAtHeadAsync(RunRow row, TaskRun run, RunLog log, CancellationToken ct)
    {
        var task = run.Task;
        var commit = run.Commit ??= await git.OpenAsync(task.Git, run.Head, ct);
        log.Step("fetched", $"{task.Id}: {task.Git.Url} at {Short(commit.Commit)}, {commit.Subject}");
        run.Git = git.OpenStore(task, commit, new CommitStamp(row.Sync.ToString(), row.Id, (made, before, token) => ownCommits.AddAsync(row.Sync, made.Commit, before, token)));
        var (desired, actual) = await run.ReadAsync(new KnownState(run.Inventory, run.Last?.Cursor), ct);
        var plan = SyncPlanner.Plan(desired, actual, run.Inventory, task.Policy);
        log.Step("planned", $"{task.Id}: {Words(RunReport.CountsOf(plan))}");
        return plan;
    }

    /// <summary>The same commit, or another one with the same tree in the directory that counts.</summary>
    private async Task<bool> GitIsWhereItWasAsync(TaskRun run, TaskState last, CancellationToken ct)
    {
        if (run.Head.Commit == last.Commit) return true;
        run.Commit = await git.OpenAsync(run.Task.Git, run.Head, ct);
        return await run.Commit.TreeOfAsync(run.Task.Git.Directory, ct) is { } tree && tree == last.Tree;
    }

    private static async Task ValidateAsync(TaskRun run, RunLog log, CancellationToken ct)
    {
        if (run.Plan is not { } plan || !plan.Writes.Any()) return;
        var objections = await run.Target.CheckAsync(plan, run.Source, ct);
        run.Plan = SyncPlanner.WithObjections(plan, objections, run.Task.Policy);
        log.Step("validated", $"{run.Task.Id}: {plan.Writes.Count()} checked, {(objections.Count == 0 ? "no complaint" : $"{objections.Count} refused")}");
        var flaws = await run.FlawsAsync(run.Plan, ct);
        run.Plan = SyncPlanner.WithFlaws(run.Plan, flaws, run.Task.Policy);
        foreach (var objection in objections.Concat(flaws)) log.Warn($"{objection.Key}: {objection.Reason}");
    }

    private async Task ApplyAsync(RunRow run, List<TaskRun> tasks, LeaseKeeper keeper, RunLog log, RunReport report)
    {
        Exception? failure = null;
        foreach (var task in tasks)
        {
            if (failure is not null || task.Plan is null || task.Task.DryRun)
            {
                ReportPlanned(task, report, reached: failure is null);
                continue;
            }

            var result = await task.WithinTimeoutAsync(
                limited => task.Pushes ? PushAsync(run, task, keeper, log, limited) : task.Target.ApplyAsync(task.Plan, task.Source, keeper, limited), keeper.Token);
            var plan = task.Plan;
            failure = task.InTermsOfTimeout(result.Failure?.Error, keeper.Token);
            report.AddApplied(task.Task.Id, plan, result);
            task.Applied = result.Done;
            if (!keeper.Lost) await RememberAsync(run.Sync, task, plan, result);
            log.Step(failure is null ? "applied" : "", $"{task.Task.Id}: {result.Done.Count} of {plan.Writes.Count()} writes done, {task.Server.Calls} calls of Kestra in all");
            if (task.Git?.Pushed is { } pushed)
            {
                log.Step("pushed", $"{task.Task.Id}: commit {Short(pushed.Commit)} to {task.Task.Git.Branch} of {task.Task.Git.Url}");
                await runs.SetRevisionAsync(keeper.Lease, pushed.Commit, pushed.Subject, pushed.Author, CancellationToken.None);
                await runs.SetSourcesAsync(keeper.Lease, 0, [SourceOf(task)], CancellationToken.None);
            }

            TellDigestion(run, task.Server, log);
        }

        // Rethrown here, after everything that was done is remembered and reported.
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Commits and pushes. When somebody else was quicker, the plan is made anew on what is there now: nothing of theirs is lost, or undone.</summary>
    private async Task<ApplyResult> PushAsync(RunRow run, TaskRun task, LeaseKeeper keeper, RunLog log, CancellationToken ct)
    {
        using var turn = await git.TakeTurnAsync(task.Task.Git, ct);
        for (var attempt = 0; ; attempt++)
        {
            var result = await task.Target.ApplyAsync(task.Plan!, task.Source, keeper, ct);
            if (result.Failure?.Error is not GitException { Kind: GitErrorKind.Moved } moved || attempt == MostReplans) return result;
            log.Info($"{task.Task.Id}: {moved.Message} The plan is made anew on what is there now.");
            try
            {
                task.Head = await git.ResolveForPushAsync(task.Task.Git, ct);
                task.Commit = await git.OpenAsync(task.Task.Git, task.Head, ct);
                task.Plan = await PlanAtHeadAsync(run, task, log, ct);
                await ValidateAsync(task, log, ct);
                if (task.Plan.Blocker is { } blocker) throw new PermanentFailureException(blocker);
            }
            catch (Exception e)
            {
                return new ApplyResult([], null, new ApplyFailure(null, e));
            }
        }
    }

    private void TellDigestion(RunRow run, KestraServer server, RunLog log)
    {
        if (server.Load.Digesting is var left && left < Digestion.WorthTelling) return;
        var words = Digestion.Words(server.Version);
        log.Step("applied", $"{words} ({Digestion.About(left)})");
        digests.Tell(run.Sync, run.Id, words, left);
    }

    private async Task RememberAsync(SyncKey sync, TaskRun run, SyncPlan plan, ApplyResult result)
    {
        var update = InventoryUpdate.Of(plan, result.Done, run.Inventory);
        var state = await run.StateAfterAsync(plan, result, update.Faithful);

        // Not with the run's token: what was written is remembered even when the run is cancelled right now.
        await inventories.SaveAsync(sync, run.Task.Name, update.Put, update.Removed, state, CancellationToken.None);
    }

    private static void ReportPlanned(TaskRun run, RunReport report, bool reached)
    {
        if (run.Plan is null) report.AddUnmoved(run.Last!);
        else report.AddPlanned(run.Task.Id, run.Plan, reached);
    }

    private static SourceRow SourceOf(TaskRun run) => run.Git?.Pushed is { } pushed
        ? new(run.Task.Name, run.Task.Git.Url, run.Head.Reference ?? $"refs/heads/{run.Task.Git.Branch}", pushed.Commit, Made: true)
        : new(run.Task.Name, run.Task.Git.Url, run.Head.Reference ?? run.Task.Git.Branch, run.Head.Commit is { Length: > 0 } commit ? commit : null, Made: false);

    private static string Short(string commit) => commit.Length > 7 ? commit[..7] : commit;

    private static string Words(RunCounts c)
    {
        (int Count, string Word)[] parts =
        [
            (c.Added, "to add"), (c.Updated, "to update"), (c.Deleted, "to delete"), (c.Unchanged, "unchanged"), (c.Kept, "kept"),
            (c.Protected, "protected"), (c.Invalid, "invalid"), (c.Ignored, "ignored"), (c.Skipped, "skipped"), (c.Failed, "missing in the source"),
        ];
        var said = parts.Where(p => p.Count > 0).Select(p => $"{p.Count} {p.Word}").ToList();
        return said.Count > 0 ? string.Join(", ", said) : "nothing in scope on either side";
    }
}

using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Reads both sides of every task of a stage, plans, and asks the targets about the plans. Writes nothing on either side.</summary>
internal sealed class StagePlanner(
    GitMirrors git, KestraServers servers, KestraOptions kestra, InventoryStore inventories, RunStore runs, OwnCommitStore ownCommits, Merging merging, LiveChecks live, PullRequestPlans pulls)
{
    /// <summary>Asks Git where the branches are, and finds the Kestra servers. Reads no content yet.</summary>
    public async Task<List<TaskRun>> OpenAsync(RunAttempt attempt, IReadOnlyList<SyncTask> stage)
    {
        var (run, ct) = (attempt.Run, attempt.Token);
        var heads = new Dictionary<(string, string?, string?), GitHead>();
        var tasks = new List<TaskRun>();
        foreach (var task in stage)
        {
            // A branch that is pushed to is where it is; whether that still fits a plan shows object by object.
            var pull = run.PullRequest is { } asked && pulls.Reads(asked, task) ? asked : null;
            var revision = pull is not null ? pull.MergeRef : task.Push is null ? attempt.Pinned.GetValueOrDefault(task.Name) ?? run.RequestedRevision : null;
            if (!heads.TryGetValue((task.Git.Url, task.Git.Branch, revision), out var head))
            {
                head = pull is not null ? await pulls.MergeAsync(attempt, pull, task) : await git.ResolveAsync(task, revision, ct);
                heads[(task.Git.Url, task.Git.Branch, revision)] = head;
            }

            var server = await servers.ConnectAsync(task.Kestra, ct);
            tasks.Add(new TaskRun(task, head, server, kestra.ToStoreOptions(), await inventories.StateAsync(run.Sync, task.Name, ct)));
        }

        if (tasks[0].Head.Commit.Length > 0) await runs.SetRevisionAsync(attempt.Keeper.Lease, tasks[0].Head.Commit, null, null, ct);
        return tasks;
    }

    /// <summary>Afterwards every task has its plan, with what its target objects to; none where neither side moved.</summary>
    public async Task PlanAsync(RunAttempt attempt, List<TaskRun> tasks, bool isFirst)
    {
        var ct = attempt.Token;
        foreach (var task in tasks) task.Plan = await task.WithinTimeoutAsync(limited => PlanAsync(attempt, task, limited), ct);
        if (isFirst && tasks is [{ Commit: { } commit }, ..]) await runs.SetRevisionAsync(attempt.Keeper.Lease, commit.Commit, commit.Subject, commit.Author, ct);
        await attempt.Log.FlushAsync(ct);
        await Contradictions.RefuseAsync(tasks, t => inventories.LoadAsync(attempt.Sync, t.Task.Name, ct));
        foreach (var task in tasks)
        {
            await ValidateAsync(attempt, task, ct);
            await live.CheckAsync(attempt, task, ct);
        }

        await attempt.Log.FlushAsync(ct);
    }

    /// <summary>Reads Git again where its branch is now, and plans anew on that.</summary>
    /// <exception cref="PermanentFailureException">Nothing of the new plan may be applied.</exception>
    /// <exception cref="RunMustWaitException">The new plan holds what the gate has not seen: the run begins anew.</exception>
    public async Task ReplanAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        var seen = PlanBinding.WritesOf([task]).Where(w => w.Desired is null).Select(w => w.Key).ToHashSet();
        task.Head = await git.ResolveForPushAsync(task.Task.Git, ct);
        task.Commit = await git.OpenAsync(task.Task.Git, task.Head, ct);
        task.Plan = await PlanAtHeadAsync(attempt, task, ct);
        await ValidateAsync(attempt, task, ct);
        if (task.Plan.Blocker is { } blocker) throw new PermanentFailureException(blocker);
        if (task.Approved || PlanBinding.WritesOf([task]).Any(w => w.Desired is null && !seen.Contains(w.Key)))
            throw new RunMustWaitException(Waits.Retry, TimeSpan.FromSeconds(1), $"The branch of task {task.Task.Id} moved while it was pushed to, and the plan with it; it is made anew.");
    }

    /// <summary>Null when neither side moved.</summary>
    private async Task<SyncPlan?> PlanAsync(RunAttempt attempt, TaskRun run, CancellationToken ct)
    {
        if (run.Last is { Cursor: { } cursor } last && await GitIsWhereItWasAsync(run, last, ct) && !await run.Kestra.HasMovedAsync(cursor, ct))
        {
            attempt.Log.Step("planned", $"{run.Task.Id}: neither Git ({LogWords.Short(run.Head.Commit)}) nor Kestra moved since the last run");
            return null;
        }

        run.Inventory = await inventories.LoadAsync(attempt.Sync, run.Task.Name, ct);
        return await PlanAtHeadAsync(attempt, run, ct);
    }

    private async Task<SyncPlan> PlanAtHeadAsync(RunAttempt attempt, TaskRun run, CancellationToken ct)
    {
        var (task, sync) = (run.Task, attempt.Sync);
        var commit = run.Commit ??= await git.OpenAsync(task.Git, run.Head, ct);
        attempt.Log.Step("fetched", $"{task.Id}: {task.Git.Url} at {LogWords.Short(commit.Commit)}, {commit.Subject}");
        run.Git = git.OpenStore(task, commit, new CommitStamp(sync.ToString(), attempt.Run.Id, (made, before, token) => ownCommits.AddAsync(sync, made.Commit, before, token)));
        var (desired, actual) = await run.ReadAsync(new KnownState(run.Inventory, run.Last?.Cursor), ct);
        var plan = await merging.JoinAsync(SyncPlanner.Plan(desired, actual, run.Inventory, task.Policy), run, ct);
        attempt.Log.Step("planned", $"{task.Id}: {LogWords.Counts(RunReport.CountsOf(plan))}");
        return plan;
    }

    /// <summary>The same commit, or another one with the same tree in the directory that counts.</summary>
    private async Task<bool> GitIsWhereItWasAsync(TaskRun run, TaskState last, CancellationToken ct)
    {
        if (run.Head.Commit == last.Commit) return true;
        run.Commit = await git.OpenAsync(run.Task.Git, run.Head, ct);
        return await run.Commit.TreeOfAsync(run.Task.Git.Directory, ct) is { } tree && tree == last.Tree;
    }

    private static async Task ValidateAsync(RunAttempt attempt, TaskRun run, CancellationToken ct)
    {
        if (run.Plan is not { } plan || !plan.Writes.Any()) return;
        var objections = await run.Target.CheckAsync(plan, run.Source, ct);
        run.Plan = SyncPlanner.WithObjections(plan, objections, run.Task.Policy);
        attempt.Log.Step("validated", $"{run.Task.Id}: {plan.Writes.Count()} checked, {(objections.Count == 0 ? "no complaint" : $"{objections.Count} refused")}");
        var flaws = await run.FlawsAsync(run.Plan, ct);
        run.Plan = SyncPlanner.WithFlaws(run.Plan, flaws, run.Task.Policy);
        foreach (var objection in objections.Concat(flaws)) attempt.Log.Warn($"{objection.Key}: {objection.Reason}");
    }
}

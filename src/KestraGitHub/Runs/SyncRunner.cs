using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// One sync, start to end: read everything, plan everything, ask Kestra about everything, and only then write; deletes last. Whatever happens, the
/// report tells what was done.
/// </summary>
internal sealed class SyncRunner(
    DefinitionFolder definitions, DefinitionEnvironment environment, GitMirrors git, KestraServers servers, KestraOptions kestra,
    InventoryStore inventories, RunStore runs, Digests digests)
{
    /// <exception cref="Exception">Whatever ended it; <see cref="FailureKinds"/> says what that means. <paramref name="report"/> holds what was done until then.</exception>
    public async Task RunAsync(RunRow run, LeaseKeeper keeper, RunLog log, RunReport report)
    {
        var ct = keeper.Token;
        var definition = DefinitionOf(run);
        var tasks = await OpenAsync(definition, run, keeper, log, report);
        foreach (var task in tasks) task.Plan = await task.WithinTimeoutAsync(limited => PlanAsync(run.Sync, task, log, limited), ct);
        if (tasks is [{ Commit: { } commit }, ..]) await runs.SetRevisionAsync(keeper.Lease, commit.Commit, commit.Subject, commit.Author, ct);
        await log.FlushAsync(ct);
        await RefuseContradictionsAsync(run.Sync, tasks, ct);
        await ValidateAsync(tasks, log, ct);

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

    /// <summary>Renders the tasks, asks Git where its branches are, and finds the Kestra servers. Reads no content yet.</summary>
    private async Task<List<TaskRun>> OpenAsync(Definition definition, RunRow run, LeaseKeeper keeper, RunLog log, RunReport report)
    {
        var ct = keeper.Token;
        var notBuilt = definition.Tasks.Where(t => t.Standing == TaskStanding.NotBuilt).ToList();
        if (notBuilt.Count > 0)
            throw new PermanentFailureException(string.Join(" ", notBuilt.Select(TaskRenderer.NotBuiltFault)) + " Nothing of this flow was run.");

        var context = new RenderContext(environment, run.Payload);
        var heads = new Dictionary<(string, string?), GitHead>();
        var tasks = new List<TaskRun>();
        foreach (var declared in definition.Tasks)
        {
            if (declared.Standing != TaskStanding.Runs)
            {
                report.Skip(declared, run.Sync, declared.Standing == TaskStanding.Disabled ? "disabled" : $"{declared.Type} is no git task: Kestra runs it, not this service");
                continue;
            }

            var task = TaskRenderer.Render(definition, declared, context);
            report.Retry ??= task.Retry;
            if (!heads.TryGetValue((task.Git.Url, task.Git.Branch), out var head))
            {
                head = await git.ResolveAsync(task.Git, run.RequestedRevision, ct);
                heads[(task.Git.Url, task.Git.Branch)] = head;
            }

            var server = await servers.ConnectAsync(task.Kestra, ct);
            tasks.Add(new TaskRun(task, head, server, kestra.ToStoreOptions(), await inventories.StateAsync(run.Sync, task.Id, ct)));
        }

        if (tasks.Count > 0) await runs.SetRevisionAsync(keeper.Lease, tasks[0].Head.Commit, null, null, ct);
        return tasks;
    }

    /// <summary>Null when neither side moved.</summary>
    private async Task<SyncPlan?> PlanAsync(SyncKey sync, TaskRun run, RunLog log, CancellationToken ct)
    {
        var task = run.Task;
        if (run.Last is { Cursor: { } cursor } last && await GitIsWhereItWasAsync(run, last, ct) && !await run.Target.HasMovedAsync(cursor, ct))
        {
            log.Step("planned", $"{task.Id}: neither Git ({Short(run.Head.Commit)}) nor Kestra moved since the last run");
            return null;
        }

        var commit = run.Commit ??= await git.OpenAsync(task.Git, run.Head, ct);
        log.Step("fetched", $"{task.Id}: {task.Git.Url} at {Short(commit.Commit)}, {commit.Subject}");
        run.Source = git.OpenStore(task, commit);
        run.Inventory = await inventories.LoadAsync(sync, task.Id, ct);
        var known = new KnownState(run.Inventory, run.Last?.Cursor);
        var desired = await run.ReadSourceAsync(known, ct);
        var actual = await run.Target.ReadAsync(known, ct);
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

    /// <summary>Two tasks of one flow must not want different things of one object. A task that did not move still wants what it applied.</summary>
    private async Task RefuseContradictionsAsync(SyncKey sync, List<TaskRun> tasks, CancellationToken ct)
    {
        if (tasks.Count < 2 || !tasks.Exists(t => t.Plan?.Writes.Any() == true)) return;
        var wishes = new Dictionary<(string, string, ResourceKey), (string Task, string? Likeness)>();
        foreach (var run in tasks)
        foreach (var (key, likeness) in run.Plan is { } plan ? WishesOf(plan) : WishesOf(await inventories.LoadAsync(sync, run.Task.Id, ct)))
        {
            var place = (run.Task.Kestra.Url.AbsoluteUri, run.Task.Kestra.Tenant, key);
            if (!wishes.TryAdd(place, (run.Task.Id, likeness)) && wishes[place].Likeness != likeness)
                throw new PermanentFailureException(
                    $"Tasks {wishes[place].Task} and {run.Task.Id} want different things of {key}; nothing was written. "
                    + "Give each object to one task: narrow the directories, namespaces or delete.");
        }
    }

    /// <summary>No likeness: it is to go.</summary>
    private static IEnumerable<(ResourceKey Key, string? Likeness)> WishesOf(SyncPlan plan) =>
        plan.Changes.Where(c => c.Desired is not null || c.Action == ChangeAction.Deleted).Select(c => (c.Key, c.Desired?.Likeness));

    private static IEnumerable<(ResourceKey Key, string? Likeness)> WishesOf(Inventory inventory) =>
        inventory.Entries.Values.Where(e => e.Owned).Select(e => (e.Key, (string?)e.Likeness));

    private static async Task ValidateAsync(List<TaskRun> tasks, RunLog log, CancellationToken ct)
    {
        foreach (var run in tasks)
        {
            if (run.Plan is not { } plan || !plan.Writes.Any()) continue;
            var objections = await run.Target.CheckAsync(plan, run.Source!, ct);
            run.Plan = SyncPlanner.WithObjections(plan, objections, run.Task.Policy);
            log.Step("validated", $"{run.Task.Id}: {plan.Writes.Count()} checked, {(objections.Count == 0 ? "no complaint" : $"{objections.Count} refused")}");
            foreach (var objection in objections) log.Warn($"{objection.Key}: {objection.Reason}");
        }

        await log.FlushAsync(ct);
    }

    private async Task ApplyAsync(RunRow run, List<TaskRun> tasks, LeaseKeeper keeper, RunLog log, RunReport report)
    {
        Exception? failure = null;
        foreach (var task in tasks)
        {
            if (failure is not null || task.Plan is not { } plan || task.Task.DryRun)
            {
                ReportPlanned(task, report, reached: failure is null);
                continue;
            }

            var result = await task.WithinTimeoutAsync(limited => task.Target.ApplyAsync(plan, task.Source!, keeper, limited), keeper.Token);
            failure = task.InTermsOfTimeout(result.Failure?.Error, keeper.Token);
            report.AddApplied(task.Task.Id, plan, result);
            if (!keeper.Lost) await RememberAsync(run.Sync, task, plan, result);
            log.Step(failure is null ? "applied" : "", $"{task.Task.Id}: {result.Done.Count} of {plan.Writes.Count()} writes done, {task.Server.Calls} calls of Kestra in all");
            TellDigestion(run, task.Server, log);
        }

        // Rethrown here, after everything that was done is remembered and reported.
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
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
        var counts = RunReport.Settled(plan);
        var vouched = result.Failure is null && update.Faithful && counts.Invalid == 0;
        var tree = await run.Commit!.TreeOfAsync(run.Task.Git.Directory, CancellationToken.None) ?? "";
        var state = new TaskState(run.Task.Fingerprint, run.Head.Commit, tree, vouched ? result.Cursor : null, counts);

        // Not with the run's token: what was written is remembered even when the run is cancelled right now.
        await inventories.SaveAsync(sync, run.Task.Id, update.Put, update.Removed, state, CancellationToken.None);
    }

    private static void ReportPlanned(TaskRun run, RunReport report, bool reached)
    {
        if (run.Plan is null) report.AddUnmoved(run.Last!);
        else if (reached) report.AddPlanned(run.Task.Id, run.Plan);
        else report.AddApplied(run.Task.Id, run.Plan, new ApplyResult([], null, null));
    }

    private static string Short(string commit) => commit.Length > 7 ? commit[..7] : commit;

    private static string Words(RunCounts c)
    {
        (int Count, string Word)[] parts =
        [
            (c.Added, "to add"), (c.Updated, "to update"), (c.Deleted, "to delete"), (c.Unchanged, "unchanged"), (c.Kept, "kept"),
            (c.Protected, "protected"), (c.Invalid, "invalid"), (c.Ignored, "ignored"), (c.Skipped, "skipped"), (c.Failed, "missing in Git"),
        ];
        var said = parts.Where(p => p.Count > 0).Select(p => $"{p.Count} {p.Word}").ToList();
        return said.Count > 0 ? string.Join(", ", said) : "nothing in scope on either side";
    }
}

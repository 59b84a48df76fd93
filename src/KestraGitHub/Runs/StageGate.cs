using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Stands between the plans of a stage and their first write: limits, other syncs, and whether a person must look.</summary>
internal sealed class StageGate(PlanStore plans, InventoryStore inventories, OtherHolders others, ProposalDesk proposals, TimeProvider time)
{
    /// <summary>How a line of the log begins that says why a plan would wait.</summary>
    public const string WouldWait = "It would wait for approval: ";

    private const int Named = 5;

    /// <summary>Refuses what may not be written whoever asks; in a dry run too.</summary>
    /// <exception cref="PermanentFailureException">Nothing of these plans may be applied.</exception>
    public async Task RefuseAsync(RunAttempt attempt, IReadOnlyList<TaskRun> tasks)
    {
        var writing = tasks.Where(t => !t.Task.DryRun).ToList();
        try
        {
            if (LimitRules.Fault(writing.Select(t => t.Plan).OfType<SyncPlan>(), attempt.Safety.Limits) is { } fault) throw new PermanentFailureException(fault);
            foreach (var task in writing) proposals.Refuse(task);
            await others.RefuseAsync(attempt, writing);
        }
        catch (PermanentFailureException)
        {
            foreach (var task in tasks) task.ReportPlanned(attempt.Report, reached: false);
            throw;
        }
    }

    /// <summary>Says what would wait, where nothing is written anyway.</summary>
    public async Task TellAsync(RunAttempt attempt, IReadOnlyList<TaskRun> tasks)
    {
        foreach (var reason in await ReasonsAsync(attempt, tasks)) attempt.Log.Info(WouldWait + reason);
    }

    /// <summary>Returns where the plans may be applied now.</summary>
    /// <exception cref="RunMustWaitException">A person must look first; the plan is stored.</exception>
    /// <exception cref="PermanentFailureException">It was approved, and is no longer what was approved.</exception>
    public async Task PassAsync(RunAttempt attempt, IReadOnlyList<TaskRun> tasks)
    {
        foreach (var older in await plans.SupersedeAsync(attempt.Sync, attempt.Run.Id, attempt.Token))
            attempt.Log.Info($"Run {older} waited for approval and is cancelled: this one is newer.");
        if (attempt.Approved is { } approved && approved.Writes.Any(w => tasks.Any(t => t.Task.Name == w.Task)))
        {
            Hold(attempt, approved, tasks);
            return;
        }

        var reasons = await ReasonsAsync(attempt, tasks);
        if (reasons.Count == 0) return;
        var reason = string.Join(" ", reasons);
        var plan = PlanBinding.Of(attempt, tasks, reason, time.GetUtcNow());
        if (attempt.Plan is { ApprovedAt: not null } seen && seen.Digest == plan.Digest)
        {
            Hold(attempt, seen, tasks);
            return;
        }

        foreach (var task in tasks) task.ReportPlanned(attempt.Report, reached: true);
        await plans.SaveAsync(attempt.Keeper.Lease, plan, attempt.Token);
        throw new RunMustWaitException(
            Waits.Approval, null, $"Waits for approval: {reason} Approve or reject it on the page of the run, with `kestra-github approve {attempt.Run.Id}`, or change the keys of x-kestra-github and run it again.");
    }

    /// <summary>An approval is for the plan that was seen, object by object.</summary>
    private static void Hold(RunAttempt attempt, StoredPlan plan, IReadOnlyList<TaskRun> tasks)
    {
        var moved = PlanBinding.Moved(plan, PlanBinding.PolicyOf(attempt.Safety, tasks), tasks);
        if (moved.Count == 0)
        {
            foreach (var task in tasks) task.Approved = true;
            attempt.Log.Info($"The plan was approved by {plan.ApprovedBy} at {plan.ApprovedAt:u}, and still holds.");
            return;
        }

        foreach (var task in tasks) task.ReportPlanned(attempt.Report, reached: false);
        var more = moved.Count > Named ? $"; and {moved.Count - Named} more" : "";
        throw new PermanentFailureException(
            $"The plan that {plan.ApprovedBy} approved at {plan.ApprovedAt:u} no longer holds; nothing was written: {string.Join("; ", moved.Take(Named))}{more}. Run the sync again, and approve the new plan.");
    }

    private async Task<IReadOnlyList<string>> ReasonsAsync(RunAttempt attempt, IReadOnlyList<TaskRun> tasks)
    {
        var judged = new List<JudgedTask>();
        var deletes = tasks.Any(t => t.Plan?.Writes.Any(w => w.Action == ChangeAction.Deleted) == true);
        foreach (var task in tasks)
        {
            // A pull request is looked at before it is merged.
            // What did not move was not loaded; it is owned all the same.
            var inventory = task.Plan is null && deletes ? await inventories.LoadAsync(attempt.Sync, task.Task.Name, attempt.Token) : task.Inventory;
            judged.Add(new JudgedTask(task.Task.Policy, task.Task.DryRun || task.ProposesPush ? null : task.Plan, inventory));
        }

        return ApprovalRules.Reasons(judged, attempt.Safety);
    }
}

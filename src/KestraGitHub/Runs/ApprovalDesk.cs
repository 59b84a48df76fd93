using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What people say to plans that wait for them.</summary>
internal sealed class ApprovalDesk(PlanStore plans, IJobScheduler scheduler)
{
    /// <summary>The plan that a run waits, or waited, with.</summary>
    public Task<StoredPlan?> PlanAsync(string runId, CancellationToken ct) => plans.GetAsync(runId, ct);

    /// <summary>Lets the run go on. False when it does not wait for approval, or with another plan than <paramref name="plan"/>.</summary>
    public async Task<bool> ApproveAsync(RunRow run, string? plan, string? by, CancellationToken ct)
    {
        if (!await plans.ApproveAsync(run.Id, plan, by ?? "somebody", ct)) return false;
        await scheduler.WakeAsync(run.Sync, TimeSpan.Zero, ct);
        return true;
    }

    /// <summary>Ends the run. False when it does not wait for approval.</summary>
    public Task<bool> RejectAsync(string runId, string? by, CancellationToken ct) => plans.RejectAsync(runId, by ?? "somebody", ct);
}

using System.Text.Json;
using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>The plans of runs that wait for a person, and what was said of them.</summary>
internal sealed class PlanStore(Database database)
{
    /// <summary>The rows of a run that a newer push joins: an approval is for the plan that was seen.</summary>
    internal const string Join = "UPDATE plans SET joined = 1 FROM rows WHERE run_id = @Id";

    private const string IsWaiting = $"finished_at IS NULL AND state = 'waiting' AND waiting_for = '{Waits.Approval}'";

    public Task<StoredPlan?> GetAsync(string runId, CancellationToken ct) => database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<PlanColumns>("SELECT * FROM plans WHERE run_id = @Id", new { Id = runId }))?.ToPlan(), ct);

    /// <summary>Stores the plan of a run in place of an earlier one, whose approval goes with it. Nothing happens when the lease is lost.</summary>
    public Task SaveAsync(Lease lease, StoredPlan plan, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            $"""
            INSERT INTO plans (run_id, digest, made_at, reason, policy, heads, writes)
            SELECT @Id, @Digest, @MadeAt, @Reason, @Policy, @Heads, @Writes WHERE EXISTS (SELECT 1 FROM runs WHERE {RunStore.Held})
            ON CONFLICT (run_id) DO UPDATE SET
              digest = excluded.digest, made_at = excluded.made_at, reason = excluded.reason, policy = excluded.policy, heads = excluded.heads,
              writes = excluded.writes, joined = 0, approved_by = NULL, approved_at = NULL
            """,
            new
            {
                Id = lease.RunId, lease.Fence, lease.Owner, plan.Digest, MadeAt = plan.MadeAt.ToUnixTimeMilliseconds(), plan.Reason, plan.Policy,
                Heads = StoredText.Json(plan.Heads), Writes = StoredText.Json(plan.Writes),
            },
            transaction),
        ct);

    /// <summary>Lets a run that waits for approval go on. False when it does not wait for that, or its plan is no longer <paramref name="digest"/>.</summary>
    /// <param name="digest">Of the plan that was seen; null: whatever it is.</param>
    public Task<bool> ApproveAsync(string runId, string? digest, string by, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var parameters = new { Id = runId, Digest = digest ?? "", By = by, Now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds() };
            var freed = await connection.ExecuteAsync(
                $"""
                UPDATE runs SET state = 'queued', waiting_for = NULL, error = NULL, waits_since = @Now, not_before = @Now
                WHERE id = @Id AND {IsWaiting} AND EXISTS (SELECT 1 FROM plans WHERE run_id = @Id AND (@Digest = '' OR digest = @Digest))
                """,
                parameters, transaction);
            if (freed == 0) return false;
            await connection.ExecuteAsync("UPDATE plans SET approved_by = @By, approved_at = @Now WHERE run_id = @Id", parameters, transaction);
            return true;
        },
        ct);

    /// <summary>Ends a run that waits for approval. False when it does not.</summary>
    public Task<bool> RejectAsync(string runId, string by, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            // What an earlier stage of it wrote has to be put back first.
            var ended = await connection.ExecuteAsync(
                $"""
                UPDATE runs SET
                  finished_at = CASE WHEN {RunStore.Unsettled} THEN NULL ELSE @Now END, state = CASE WHEN {RunStore.Unsettled} THEN 'queued' ELSE 'cancelled' END,
                  waiting_for = NULL, waits_since = @Now, not_before = @Now, cancel_requested = 1, error = @Error
                WHERE id = @Id AND {IsWaiting}
                """,
                new { Id = runId, Error = $"The plan was rejected by {by}; nothing was written.", Now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds() },
                transaction);
            if (ended == 1) await RunEndings.NothingWrittenAsync(connection, transaction, runId);
            return ended == 1;
        },
        ct);

    /// <summary>Ends the older runs of the sync that wait for approval: the newer one plans on what is there now.</summary>
    /// <returns>Their ids.</returns>
    public Task<IReadOnlyList<string>> SupersedeAsync(SyncKey sync, string runId, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            List<string> ended = [.. await connection.QueryAsync<string>(
                $"""
                UPDATE runs SET state = 'cancelled', waiting_for = NULL, finished_at = @Now, error = @Error
                WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND {IsWaiting} AND id < @Id AND dry_run = 0
                RETURNING id
                """,
                new
                {
                    sync.Tenant, sync.Namespace, sync.Flow, Id = runId, Now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds(),
                    Error = $"Superseded by the newer run {runId}; nothing was written.",
                },
                transaction)];
            foreach (var id in ended) await RunEndings.NothingWrittenAsync(connection, transaction, id);
            return (IReadOnlyList<string>)ended;
        },
        ct);

    private sealed class PlanColumns
    {
        public string Digest { get; init; } = "";
        public long MadeAt { get; init; }
        public string Reason { get; init; } = "";
        public string Policy { get; init; } = "";
        public string Heads { get; init; } = "{}";
        public string Writes { get; init; } = "[]";
        public long Joined { get; init; }
        public string? ApprovedBy { get; init; }
        public long? ApprovedAt { get; init; }

        public StoredPlan ToPlan() => new(
            Digest, StoredText.Time(MadeAt), Reason, Policy, StoredText.Map(Heads), JsonSerializer.Deserialize<List<PlannedWrite>>(Writes, JsonSerializerOptions.Web)!,
            Joined != 0, ApprovedBy, StoredText.Time(ApprovedAt));
    }
}

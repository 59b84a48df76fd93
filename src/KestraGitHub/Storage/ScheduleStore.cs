using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>When each schedule fired last: so it fires once, however many servers have it, and one that was missed while all of them were down is seen.</summary>
internal sealed class ScheduleStore(Database database)
{
    public Task<DateTimeOffset?> LastFiredAsync(SyncKey sync, string trigger, CancellationToken ct) => database.ReadAsync(
        async connection => StoredText.Time(await connection.ExecuteScalarAsync<long?>(
            "SELECT fired_at FROM schedules WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND trigger_id = @Trigger",
            new { sync.Tenant, sync.Namespace, sync.Flow, Trigger = trigger })),
        ct);

    /// <summary>Of every schedule that ever fired or began.</summary>
    public Task<IReadOnlyDictionary<(SyncKey Sync, string Trigger), DateTimeOffset>> AllAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyDictionary<(SyncKey, string), DateTimeOffset>)(await connection.QueryAsync<FiredColumns>("SELECT * FROM schedules"))
            .ToDictionary(r => (r.Sync, r.TriggerId), r => StoredText.Time(r.FiredAt)),
        ct);

    /// <summary>When each had its sync run last; those that never did are not there.</summary>
    public Task<IReadOnlyDictionary<(SyncKey Sync, string Trigger), DateTimeOffset>> RunsAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyDictionary<(SyncKey, string), DateTimeOffset>)(await connection.QueryAsync<FiredColumns>("SELECT * FROM schedules WHERE ran_at IS NOT NULL"))
            .ToDictionary(r => (r.Sync, r.TriggerId), r => StoredText.Time(r.RanAt!.Value)),
        ct);

    /// <summary>From <paramref name="at"/> on the schedule counts: nothing before it was missed.</summary>
    public Task BeginAsync(SyncKey sync, string trigger, DateTimeOffset at, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            """
            INSERT INTO schedules (tenant, namespace, flow, trigger_id, fired_at) VALUES (@Tenant, @Namespace, @Flow, @Trigger, @At)
            ON CONFLICT (tenant, namespace, flow, trigger_id) DO UPDATE SET fired_at = excluded.fired_at WHERE schedules.fired_at < excluded.fired_at
            """,
            new { sync.Tenant, sync.Namespace, sync.Flow, Trigger = trigger, At = at.ToUnixTimeMilliseconds() },
            transaction),
        ct);

    /// <summary>Stores that it fires at <paramref name="at"/>, and its run, in one transaction.</summary>
    /// <param name="last">When it fired before, as the caller knows it.</param>
    /// <returns>False when another server was faster: then nothing is stored.</returns>
    public Task<bool> FireAsync(RunRequest request, string trigger, DateTimeOffset last, DateTimeOffset at, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var moved = await connection.ExecuteAsync(
                """
                UPDATE schedules SET fired_at = @At, ran_at = @At
                WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND trigger_id = @Trigger AND fired_at = @Last
                """,
                new
                {
                    request.Sync.Tenant, request.Sync.Namespace, request.Sync.Flow, Trigger = trigger, At = at.ToUnixTimeMilliseconds(),
                    Last = last.ToUnixTimeMilliseconds(),
                },
                transaction);
            if (moved == 0) return false;
            RunIntake.Add(database, connection, transaction, [request], merge: true);
            return true;
        },
        ct);

    private sealed class FiredColumns : SyncColumns
    {
        public string TriggerId { get; init; } = "";

        public long FiredAt { get; init; }

        public long? RanAt { get; init; }
    }
}

using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>When each schedule fired last, so that one that was missed while the service was down is seen.</summary>
internal sealed class ScheduleStore(Database database)
{
    public Task<DateTimeOffset?> LastFiredAsync(SyncKey sync, string trigger, CancellationToken ct) => database.ReadAsync(
        async connection => StoredText.Time(await connection.ExecuteScalarAsync<long?>(
            "SELECT fired_at FROM schedules WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND trigger_id = @Trigger",
            new { sync.Tenant, sync.Namespace, sync.Flow, Trigger = trigger })),
        ct);

    public Task SetFiredAsync(SyncKey sync, string trigger, DateTimeOffset at, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            """
            INSERT INTO schedules (tenant, namespace, flow, trigger_id, fired_at) VALUES (@Tenant, @Namespace, @Flow, @Trigger, @At)
            ON CONFLICT (tenant, namespace, flow, trigger_id) DO UPDATE SET fired_at = excluded.fired_at
            """,
            new { sync.Tenant, sync.Namespace, sync.Flow, Trigger = trigger, At = at.ToUnixTimeMilliseconds() },
            transaction),
        ct);
}

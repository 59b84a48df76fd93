using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>Somebody wants a sync, or all of them, to write nothing for a while.</summary>
/// <param name="Until">When it ends by itself; null: when somebody ends it.</param>
/// <param name="OfAll">True: every sync is meant.</param>
public sealed record Pause(string Reason, string? By, DateTimeOffset Since, DateTimeOffset? Until, bool OfAll);

/// <summary>Which syncs are suspended.</summary>
internal sealed class PauseStore(Database database)
{
    private const string NotOver = "(until IS NULL OR until > @Now)";

    /// <summary>Suspends <paramref name="sync"/>, or every sync where it is null. An earlier pause of the same is replaced.</summary>
    public Task SetAsync(SyncKey? sync, string reason, string? by, DateTimeOffset? until, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            """
            INSERT INTO pauses (tenant, namespace, flow, reason, paused_by, since, until) VALUES (@Tenant, @Namespace, @Flow, @Reason, @By, @Now, @Until)
            ON CONFLICT (tenant, namespace, flow) DO UPDATE SET
              reason = excluded.reason, paused_by = excluded.paused_by, since = excluded.since, until = excluded.until
            """,
            With(sync, await database.NowAsync(connection), reason, by, until?.ToUnixTimeMilliseconds()),
            transaction),
        ct);

    /// <returns>False when it was not suspended.</returns>
    public Task<bool> ClearAsync(SyncKey? sync, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            "DELETE FROM pauses WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow", With(sync, default), transaction) == 1,
        ct);

    /// <summary>What holds <paramref name="sync"/> back now: its own pause, or the one of all; null when none does.</summary>
    public async Task<Pause?> OfAsync(SyncKey sync, CancellationToken ct)
    {
        var all = await AllAsync(ct);
        return all.GetValueOrDefault(sync) ?? all.GetValueOrDefault(default);
    }

    /// <summary>Every pause that is not over; the one of all syncs under the empty key.</summary>
    public Task<IReadOnlyDictionary<SyncKey, Pause>> AllAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyDictionary<SyncKey, Pause>)(await connection.QueryAsync<PauseColumns>(
                $"SELECT tenant, namespace, flow, reason, paused_by, since, until FROM pauses WHERE {NotOver}",
                new { Now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds() }))
            .ToDictionary(
                r => r.Tenant.Length == 0 ? default : r.Sync,
                r => new Pause(r.Reason, r.PausedBy, StoredText.Time(r.Since), StoredText.Time(r.Until), r.Tenant.Length == 0)),
        ct);

    private static object With(SyncKey? sync, DateTimeOffset now, string reason = "", string? by = null, long? until = null) => new
    {
        Tenant = sync?.Tenant ?? "", Namespace = sync?.Namespace ?? "", Flow = sync?.Flow ?? "", Reason = reason, By = by, Now = now.ToUnixTimeMilliseconds(), Until = until,
    };

    private sealed class PauseColumns : SyncColumns
    {
        public string Reason { get; init; } = "";
        public string? PausedBy { get; init; }
        public long Since { get; init; }
        public long? Until { get; init; }
    }
}

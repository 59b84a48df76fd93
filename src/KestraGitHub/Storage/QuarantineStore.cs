using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>Inputs that a sync failed on for good.</summary>
/// <param name="Inputs">Digest of the commits of its tasks, and of what they do.</param>
/// <param name="RunId">The run that failed.</param>
public sealed record Quarantine(string Inputs, string Commit, string Reason, string ErrorKind, string RunId, DateTimeOffset At);

internal sealed class QuarantineStore(Database database)
{
    private const string OfSync = "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow";

    public Task<Quarantine?> GetAsync(SyncKey sync, CancellationToken ct) => database.ReadAsync(
        async connection => await connection.QuerySingleOrDefaultAsync<Columns>($"SELECT * FROM quarantines WHERE {OfSync}", Key(sync)) is { } row
            ? new Quarantine(row.Inputs, row.CommitId, row.Reason, row.ErrorKind, row.RunId, StoredText.Time(row.At))
            : null,
        ct);

    public Task PutAsync(SyncKey sync, Quarantine entry, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            """
            INSERT INTO quarantines (tenant, namespace, flow, inputs, commit_id, reason, error_kind, run_id, at)
            VALUES (@Tenant, @Namespace, @Flow, @Inputs, @Commit, @Reason, @ErrorKind, @RunId, @At)
            ON CONFLICT (tenant, namespace, flow) DO UPDATE SET
              inputs = excluded.inputs, commit_id = excluded.commit_id, reason = excluded.reason, error_kind = excluded.error_kind, run_id = excluded.run_id,
              at = excluded.at
            """,
            new { sync.Tenant, sync.Namespace, sync.Flow, entry.Inputs, entry.Commit, entry.Reason, entry.ErrorKind, entry.RunId, At = entry.At.ToUnixTimeMilliseconds() },
            transaction),
        ct);

    public Task ClearAsync(SyncKey sync, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync($"DELETE FROM quarantines WHERE {OfSync}", Key(sync), transaction), ct);

    private static object Key(SyncKey sync) => new { sync.Tenant, sync.Namespace, sync.Flow };

    private sealed class Columns
    {
        public string Inputs { get; init; } = "";
        public string CommitId { get; init; } = "";
        public string Reason { get; init; } = "";
        public string ErrorKind { get; init; } = "";
        public string RunId { get; init; } = "";
        public long At { get; init; }
    }
}

using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>A sync that was rolled back, and what it is not to apply by itself.</summary>
/// <param name="RunId">The run that rolls it back.</param>
/// <param name="ToRun">The run whose commits are wanted again, or null where a commit was named.</param>
/// <param name="Commit">What is held, to be shown; null until it is known.</param>
/// <param name="Heads">Where the branches were then, by <see cref="BranchOf"/>; empty until the run has asked Git.</param>
public sealed record Hold(
    string RunId, string? ToRun, string? Commit, IReadOnlyDictionary<string, string> Heads, string? By, string Reason, DateTimeOffset Since)
{
    /// <summary>Names a branch of a repository. No branch: the default one.</summary>
    public static string BranchOf(string url, string? branch) => $"{url} {branch}";
}

internal sealed class HoldStore(Database database, TimeProvider time)
{
    private const string OfSync = "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow";

    /// <summary>A rollback whose run ended before it asked Git holds nothing.</summary>
    private const string InForce = "(heads <> '{}' OR EXISTS (SELECT 1 FROM runs WHERE id = holds.run_id AND finished_at IS NULL))";

    public Task<Hold?> GetAsync(SyncKey sync, CancellationToken ct) => database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<Columns>($"SELECT * FROM holds WHERE {OfSync} AND {InForce}", Key(sync)))?.ToHold(), ct);

    public Task<IReadOnlyDictionary<SyncKey, Hold>> AllAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyDictionary<SyncKey, Hold>)(await connection.QueryAsync<Columns>($"SELECT * FROM holds WHERE {InForce}")).ToDictionary(r => r.Sync, r => r.ToHold()), ct);

    /// <summary>Stores a run that rolls back and the hold of its sync, both or neither.</summary>
    public Task<RunRow> RollBackAsync(RunRequest request, string? toRun, string? held, string? by, string reason, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var id = RunIntake.Add(database, connection, transaction, [request], merge: false)[0].RunId;
            await PutAsync(connection, transaction, request.Sync, new Hold(id, toRun, held, new Dictionary<string, string>(), by, reason, time.GetUtcNow()));
            return (await connection.QuerySingleAsync<RunRecord>("SELECT * FROM runs WHERE id = @Id", new { Id = id }, transaction)).ToRow();
        },
        ct);

    public Task SetHeadsAsync(SyncKey sync, string runId, string commit, IReadOnlyDictionary<string, string> heads, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            $"UPDATE holds SET commit_id = @Commit, heads = @Heads WHERE {OfSync} AND run_id = @RunId",
            new { sync.Tenant, sync.Namespace, sync.Flow, RunId = runId, Commit = commit, Heads = StoredText.Json(heads) },
            transaction),
        ct);

    /// <summary>False when there was none.</summary>
    public Task<bool> ReleaseAsync(SyncKey sync, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync($"DELETE FROM holds WHERE {OfSync}", Key(sync), transaction) > 0, ct);

    private static Task<int> PutAsync(DbConnection connection, DbTransaction transaction, SyncKey sync, Hold hold) => connection.ExecuteAsync(
        """
        INSERT INTO holds (tenant, namespace, flow, run_id, to_run, commit_id, heads, held_by, reason, since)
        VALUES (@Tenant, @Namespace, @Flow, @RunId, @ToRun, @Commit, @Heads, @By, @Reason, @Since)
        ON CONFLICT (tenant, namespace, flow) DO UPDATE SET
          run_id = excluded.run_id, to_run = excluded.to_run, commit_id = excluded.commit_id, heads = excluded.heads, held_by = excluded.held_by,
          reason = excluded.reason, since = excluded.since
        """,
        new
        {
            sync.Tenant, sync.Namespace, sync.Flow, hold.RunId, hold.ToRun, hold.Commit, Heads = StoredText.Json(hold.Heads), hold.By, hold.Reason,
            Since = hold.Since.ToUnixTimeMilliseconds(),
        },
        transaction);

    private static object Key(SyncKey sync) => new { sync.Tenant, sync.Namespace, sync.Flow };

    private sealed class Columns : SyncColumns
    {
        public string RunId { get; init; } = "";
        public string? ToRun { get; init; }
        public string? CommitId { get; init; }
        public string Heads { get; init; } = "{}";
        public string? HeldBy { get; init; }
        public string Reason { get; init; } = "";
        public long Since { get; init; }

        public Hold ToHold() => new(RunId, ToRun, CommitId, StoredText.Map(Heads), HeldBy, Reason, StoredText.Time(Since));
    }
}

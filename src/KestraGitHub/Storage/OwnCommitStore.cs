using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>The commits that syncs pushed. A trailer says so too, but anyone may write one: only what stands here is our own.</summary>
internal sealed class OwnCommitStore(Database database, TimeProvider time)
{
    /// <summary>To be stored before it is pushed: the delivery may be here before the push's own answer.</summary>
    /// <param name="before">What the branch had; zeros for a branch that the push makes, as GitHub writes it.</param>
    public Task AddAsync(SyncKey sync, string commit, string before, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            """
            INSERT INTO own_commits (tenant, namespace, flow, commit_id, before_commit, made_at)
            VALUES (@Tenant, @Namespace, @Flow, @Commit, @Before, @Now)
            ON CONFLICT (tenant, namespace, flow, commit_id) DO UPDATE SET before_commit = excluded.before_commit, made_at = excluded.made_at
            """,
            new { sync.Tenant, sync.Namespace, sync.Flow, Commit = commit, Before = before, Now = time.GetUtcNow().ToUnixTimeMilliseconds() },
            transaction),
        ct);

    /// <summary>True when the sync itself moved a branch from <paramref name="before"/> to <paramref name="commit"/>. Another way there is somebody's doing.</summary>
    public Task<bool> KnowsAsync(SyncKey sync, string commit, string before, CancellationToken ct) => database.ReadAsync(
        async connection => await connection.ExecuteScalarAsync<long>(
            """
            SELECT COUNT(*) FROM own_commits
            WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND commit_id = @Commit AND before_commit = @Before
            """,
            new { sync.Tenant, sync.Namespace, sync.Flow, Commit = commit, Before = before }) > 0,
        ct);

    /// <summary>The same, asked for all syncs at once: those that did.</summary>
    public Task<IReadOnlySet<SyncKey>> MakersAsync(string commit, string before, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlySet<SyncKey>)(await connection.QueryAsync<SyncColumns>(
            "SELECT tenant, namespace, flow FROM own_commits WHERE commit_id = @Commit AND before_commit = @Before",
            new { Commit = commit, Before = before })).Select(r => r.Sync).ToHashSet(),
        ct);
}

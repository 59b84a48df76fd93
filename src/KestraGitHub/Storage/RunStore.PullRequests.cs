using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

// Plans of pull requests: only the newest of one is worth anything.
internal sealed partial class RunStore
{
    /// <summary>Cancels what these syncs were asked for this pull request before; the run of a sync that is named here stays. Null: the pull request is closed, and none does.</summary>
    public async Task SupersedeAsync(PullRequest pull, IReadOnlyDictionary<SyncKey, string?> newest, CancellationToken ct)
    {
        var open = await database.ReadAsync(
            async connection => (await connection.QueryAsync<RunRecord>(
                "SELECT * FROM runs WHERE finished_at IS NULL AND pull_request IS NOT NULL AND trigger_ref = @Ref", new { Ref = pull.MergeRef })).Select(r => r.ToRow()).ToList(),
            ct);
        bool IsOld(RunRow run) => run.PullRequest?.Repository == pull.Repository && newest.TryGetValue(run.Sync, out var stays) && (stays is null || string.CompareOrdinal(run.Id, stays) < 0);

        // All at once: their writes share a commit.
        await Task.WhenAll(open.Where(IsOld).Select(run => CancelAsync(run.Id, ct)));
    }

    /// <summary>The head of the pull request that the sync was asked last to plan; null when it never was.</summary>
    public Task<string?> NewestHeadAsync(SyncKey sync, PullRequest pull, CancellationToken ct) => database.ReadAsync(
        async connection => (await connection.QueryAsync<RunRecord>(
            """
            SELECT * FROM runs WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND trigger_ref = @Ref AND pull_request IS NOT NULL
            ORDER BY id DESC LIMIT 100
            """,
            new { sync.Tenant, sync.Namespace, sync.Flow, Ref = pull.MergeRef })).Select(r => r.ToRow().PullRequest!).FirstOrDefault(p => p.Repository == pull.Repository)?.Head,
        ct);
}

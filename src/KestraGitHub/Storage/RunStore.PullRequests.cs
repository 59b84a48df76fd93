using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

// Plans of pull requests: only the newest of one is worth anything.
internal sealed partial class RunStore
{
    /// <summary>Cancels what was asked for this pull request before; <paramref name="newest"/> stays. Null: the pull request is closed, and none does.</summary>
    public async Task SupersedeAsync(SyncKey sync, PullRequest pull, string? newest, CancellationToken ct)
    {
        var open = await database.ReadAsync(
            async connection => (await connection.QueryAsync<RunRecord>(
                """
                SELECT * FROM runs
                WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND finished_at IS NULL AND pull_request IS NOT NULL AND trigger_ref = @Ref
                  AND (@Newest = '' OR id < @Newest)
                """,
                new { sync.Tenant, sync.Namespace, sync.Flow, Ref = pull.MergeRef, Newest = newest ?? "" })).Select(r => r.ToRow()).ToList(),
            ct);
        foreach (var run in open.Where(r => r.PullRequest?.Repository == pull.Repository)) await CancelAsync(run.Id, ct);
    }
}

using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

// What the first page asks of all syncs at once: little of each.
internal sealed partial class RunStore
{
    private const int LookBack = 500;

    /// <summary>The newest ended run of every sync, or all that ended since a moment, oldest first; and the newest of those that have not ended.</summary>
    /// <param name="since">By the clock that <c>Now</c> of an earlier answer told; null: all there are.</param>
    public Task<(IReadOnlyList<(SyncKey Sync, LastHead Head)> Ended, IReadOnlyDictionary<SyncKey, OpenHead> Open, DateTimeOffset Now)> HeadsAsync(DateTimeOffset? since, CancellationToken ct) =>
        database.ReadAsync(
            async connection =>
            {
                var now = await database.NowAsync(connection);
                var ended = await connection.QueryAsync<RunRecord>(since is null ? HistorySql.Heads : HistorySql.HeadsSince, new { Since = since?.ToUnixTimeMilliseconds() });
                var open = new Dictionary<SyncKey, OpenHead>();
                foreach (var run in (await connection.QueryAsync<RunRecord>(HistorySql.OpenHeads)).OrderBy(r => r.Id, StringComparer.Ordinal)) open[run.Sync] = new(run.Id, StoredText.State(run.State), run.WaitingFor);
                return ((IReadOnlyList<(SyncKey, LastHead)>)[.. ended.Select(r => (r.Sync, HeadOf(r)))], (IReadOnlyDictionary<SyncKey, OpenHead>)open, now);
            },
            ct);

    /// <summary>The newest ended, not dry run and the newest unended run of some syncs.</summary>
    public Task<IReadOnlyDictionary<SyncKey, (RunRow? Last, RunRow? Current)>> LatestAsync(IEnumerable<SyncKey> syncs, CancellationToken ct)
    {
        var with = WantedRows.With(database, "@Syncs", "tenant", "namespace", "flow");
        var parameters = new { Syncs = Wanted(syncs) };
        return database.ReadAsync(
            async connection =>
            {
                var latest = (await connection.QueryAsync<RunRecord>(with + HistorySql.LastOfWanted, parameters)).ToDictionary(r => r.Sync, r => (Last: (RunRow?)r.ToRow(), Current: (RunRow?)null));
                foreach (var run in (await connection.QueryAsync<RunRecord>(with + HistorySql.OpenOfWanted, parameters)).OrderBy(r => r.Id, StringComparer.Ordinal))
                    latest[run.Sync] = (latest.GetValueOrDefault(run.Sync).Last, run.ToRow());
                return (IReadOnlyDictionary<SyncKey, (RunRow? Last, RunRow? Current)>)latest;
            },
            ct);
    }

    /// <summary>Of each of these syncs, whose last run failed, the run with which that began.</summary>
    public Task<IReadOnlyDictionary<SyncKey, RunRow>> FirstFailuresAsync(IEnumerable<SyncKey> syncs, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyDictionary<SyncKey, RunRow>)(await connection.QueryAsync<RunRecord>(
            WantedRows.With(database, "@Syncs", "tenant", "namespace", "flow") + HistorySql.FirstFailures, new { Syncs = Wanted(syncs) })).ToDictionary(r => r.Sync, r => r.ToRow()),
        ct);

    /// <summary>The newest runs that changed something, newest first: as many as there are among the last few hundred that succeeded.</summary>
    public Task<IReadOnlyList<RunRow>> LastChangesAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<RunRow>)[.. (await connection.QueryAsync<RunRecord>(HistorySql.LastChanges, new { Take = LookBack })).Select(r => r.ToRow())], ct);

    private static LastHead HeadOf(RunRecord run) =>
        LastHead.Of(run.Id, StoredText.State(run.State), StoredText.Counts(run.Counts), run.UndoOf is not null, StoredText.Time(run.FinishedAt!.Value));

    private static string Wanted(IEnumerable<SyncKey> syncs) => WantedRows.Value(syncs.Distinct().Select(s => new[] { s.Tenant, s.Namespace, s.Flow }));
}

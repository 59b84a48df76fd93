using Dapper;

namespace KestraGitHub.Storage;

/// <summary>How things stand, in numbers.</summary>
/// <param name="LastRuns">How many syncs ended last how: <c>succeeded</c>, <c>failed</c>, <c>cancelled</c>.</param>
/// <param name="NotificationsDue">Notifications that have not arrived.</param>
internal sealed record StandingCounts(IReadOnlyDictionary<string, long> LastRuns, long NotificationsDue);

internal sealed partial class RunStore
{
    /// <summary>One row of each sync and what is due, however long the history.</summary>
    public Task<StandingCounts> StandingAsync(CancellationToken ct) => database.ReadAsync(
        async connection => new StandingCounts(
            (await connection.QueryAsync<StandingColumns>($"SELECT l.state, COUNT(*) AS syncs FROM ({HistorySql.Last}) l GROUP BY l.state")).ToDictionary(r => r.State, r => r.Syncs),
            await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM notifications WHERE due = 1")),
        ct);

    private sealed class StandingColumns
    {
        public string State { get; init; } = "";

        public long Syncs { get; init; }
    }
}

using Dapper;

namespace KestraGitHub.Storage;

/// <summary>A run that has not ended.</summary>
/// <param name="Worker">Who holds it, or null.</param>
/// <param name="Until">When its lease ends unless it is renewed.</param>
public sealed record OpenRun(RunRow Run, string? Worker, DateTimeOffset? Until);

// What the page of the queue asks.
internal sealed partial class RunStore
{
    /// <summary>Runs that have not ended: those that go on first, then in the order in which they are due.</summary>
    public Task<(IReadOnlyList<OpenRun> Runs, DateTimeOffset Now)> OpenAsync(int most, CancellationToken ct) => database.ReadAsync(
        async connection => (
            (IReadOnlyList<OpenRun>)[.. (await connection.QueryAsync<RunRecord>(
                "SELECT * FROM runs WHERE finished_at IS NULL ORDER BY CASE WHEN state = 'running' THEN 0 ELSE 1 END, not_before, id LIMIT @Most", new { Most = most }))
                .Select(r => new OpenRun(r.ToRow(), r.LeaseOwner, StoredText.Time(r.LeaseUntil)))],
            await database.NowAsync(connection)),
        ct);
}

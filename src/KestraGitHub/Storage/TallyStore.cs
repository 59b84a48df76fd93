using Dapper;

namespace KestraGitHub.Storage;

/// <summary>How the runs that ended within one hour went. Dry runs do not count.</summary>
/// <param name="Hour">Whole hours since 1970, in UTC.</param>
/// <param name="Changed">They succeeded, and changed or reported something.</param>
/// <param name="Quiet">They found nothing to do, or were cancelled; those that were folded into one count each.</param>
public sealed record Tally(long Hour, long Changed, long Quiet, long Failed);

/// <summary>Counts runs for the picture of them.</summary>
internal sealed class TallyStore(Database database)
{
    private const long Millisecond = 3_600_000;

    /// <summary>From one hour (included) to another (excluded), oldest first; hours without a run are left out.</summary>
    /// <param name="tenant">Null: all.</param>
    /// <param name="space">With the namespaces below it; null: all.</param>
    public Task<IReadOnlyList<Tally>> HoursAsync(long from, long to, string? tenant, string? space, CancellationToken ct)
    {
        var only = (tenant is null ? "" : " AND tenant = @Tenant") + (space is null ? "" : " AND (namespace = @Space OR substr(namespace, 1, @Length) = @Below)");
        var parameters = new { From = from * Millisecond, To = to * Millisecond, Tenant = tenant, Space = space, Below = space + ".", Length = (space?.Length ?? 0) + 1 };
        return database.ReadAsync(
            async connection => (IReadOnlyList<Tally>)[.. (await connection.QueryAsync<Columns>(
                $"""
                SELECT finished_at / {Millisecond} AS hour, CAST(SUM(1 + collapsed) AS BIGINT) AS runs,
                  COUNT(CASE WHEN state = 'succeeded' AND quiet = 0 THEN 1 END) AS changed, COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failed
                FROM runs
                WHERE finished_at IS NOT NULL AND dry_run = 0 AND finished_at >= @From AND finished_at < @To{only}
                GROUP BY finished_at / {Millisecond} ORDER BY hour
                """,
                parameters)).Select(c => new Tally(c.Hour, c.Changed, c.Runs - c.Changed - c.Failed, c.Failed))],
            ct);
    }

    private sealed class Columns
    {
        public long Hour { get; init; }
        public long Runs { get; init; }
        public long Changed { get; init; }
        public long Failed { get; init; }
    }
}

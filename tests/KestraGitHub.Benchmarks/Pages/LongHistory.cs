using System.Globalization;
using KestraGitHub.Storage;

namespace KestraGitHub.Benchmarks.Pages;

/// <summary>Two months of runs, evenly over all syncs, made where they are stored: one in fifty failed, one in five changed something.</summary>
internal static class LongHistory
{
    private const long Days = 60;

    public static string Namespace(int sync) => string.Create(CultureInfo.InvariantCulture, $"company.t{sync / 10}");

    public static string Flow(int sync) => string.Create(CultureInfo.InvariantCulture, $"sync_{sync}");

    public static async Task WriteAsync(Dialect dialect, int syncs, int runs)
    {
        await using var database = new Database(dialect, TimeProvider.System);
        await database.InitializeAsync(default);
        var postgres = database.Shared;
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var step = Days * 86_400_000 / runs;
        string Series(int count) => postgres
            ? string.Create(CultureInfo.InvariantCulture, $"(SELECT i FROM generate_series(0, {count - 1}) AS g(i)) n")
            : string.Create(CultureInfo.InvariantCulture, $"(WITH RECURSIVE g(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM g WHERE i < {count - 1}) SELECT i FROM g) n");
        string Hex(string number, int width) => postgres ? $"lpad(to_hex(CAST({number} AS BIGINT)), {width}, '0')" : $"printf('%0{width}x', {number})";
        var at = string.Create(CultureInfo.InvariantCulture, $"({now} - CAST({runs} - i AS BIGINT) * {step})");
        await ExecuteAsync(database, $"INSERT INTO syncs (tenant, namespace, flow) SELECT 'main', 'company.t' || (i / 10), 'sync_' || i FROM {Series(syncs)}");
        await ExecuteAsync(database, $$"""
            INSERT INTO runs (
              id, tenant, namespace, flow, trigger_kind, trigger_by, state, dry_run, mergeable, revision, commit_message, author, attempt, created_at, waits_since, not_before, started_at,
              finished_at, counts, error, error_kind, deliveries, quiet, payload)
            SELECT {{Hex(at, 12)}} || {{Hex("i", 20)}}, 'main', 'company.t' || ((i % {{syncs}}) / 10), 'sync_' || (i % {{syncs}}), 'webhook', 'bea',
              CASE WHEN i % 50 = 7 THEN 'failed' ELSE 'succeeded' END, 0, 1, {{Hex("i", 40)}}, 'Tighten the retry of the nightly load', 'Bea Lindgren', 1,
              {{at}}, {{at}}, {{at}}, {{at}} + 100, {{at}} + 900,
              CASE WHEN i % 5 = 0 THEN '{"updated":2,"unchanged":40}' ELSE '{"unchanged":42}' END,
              CASE WHEN i % 50 = 7 THEN 'Kestra did not answer within 60 s.' END, CASE WHEN i % 50 = 7 THEN 'transient' END, 1,
              CASE WHEN i % 5 = 0 OR i % 50 = 7 THEN 0 ELSE 1 END, '{}'
            FROM {{Series(runs)}}
            """);
        await ExecuteAsync(database, string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO run_sources (run_id, task, position, url, ref, commit_id, made)
            SELECT id, 'git', 0, 'https://git.invalid/acme/flows', 'refs/heads/main', revision, 0 FROM (SELECT id, revision FROM runs ORDER BY id DESC LIMIT {syncs * 10}) r
            """));
        await ExecuteAsync(database, "ANALYZE");
    }

    private static Task ExecuteAsync(Database database, string sql) => database.WriteAsync(
        async (connection, transaction) =>
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText, command.CommandTimeout) = (transaction, sql, 3600);
            return await command.ExecuteNonQueryAsync();
        },
        default);
}

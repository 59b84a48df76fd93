using Dapper;
using KestraGitHub.Configuration;

namespace KestraGitHub.Storage;

/// <summary>Something that happened, for one target.</summary>
/// <param name="Subject">What it happened to: the same is told once for each target and event.</param>
/// <param name="Stamp">When.</param>
/// <param name="Payload">JSON.</param>
internal sealed record NewNotification(string Target, string Event, string Subject, DateTimeOffset Stamp, string Payload);

/// <param name="Attempts">How often it was sent in vain.</param>
internal sealed record NotificationRow(string Id, string Event, string Payload, int Attempts);

/// <summary>A run that waits for a person, and the plan that it waits with.</summary>
internal sealed record WaitingRun(RunRow Run, string Plan, DateTimeOffset Since, string Reason);

/// <summary>The outbox of notifications, and what there is to be told.</summary>
internal sealed class NotificationStore(Database database)
{
    /// <summary>When the target was first seen: it is told of nothing that was before.</summary>
    public Task<DateTimeOffset> SinceAsync(string target, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var values = new { Target = target, Now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds() };
            await connection.ExecuteAsync("INSERT INTO notification_targets (target, since) VALUES (@Target, @Now) ON CONFLICT DO NOTHING", values, transaction);
            return StoredText.Time(await connection.ExecuteScalarAsync<long>("SELECT since FROM notification_targets WHERE target = @Target", values, transaction));
        },
        ct);

    /// <summary>Runs that ended since then and may have changed something: no dry run.</summary>
    public Task<IReadOnlyList<RunRow>> EndedAsync(DateTimeOffset since, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<RunRow>)[.. (await connection.QueryAsync<RunRecord>(
            "SELECT * FROM runs WHERE finished_at IS NOT NULL AND finished_at >= @Since AND dry_run = 0 ORDER BY finished_at, id",
            new { Since = since.ToUnixTimeMilliseconds() })).Select(r => r.ToRow())],
        ct);

    public Task<IReadOnlyList<WaitingRun>> WaitingAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<WaitingRun>)[.. (await connection.QueryAsync<WaitingColumns>(
            $"""
            SELECT r.*, p.digest AS plan, p.made_at, p.reason FROM runs r JOIN plans p ON p.run_id = r.id
            WHERE r.state = 'waiting' AND r.waiting_for = '{Waits.Approval}' AND r.finished_at IS NULL ORDER BY r.id
            """)).Select(r => new WaitingRun(r.ToRow(), r.Plan, StoredText.Time(r.MadeAt), r.Reason))],
        ct);

    /// <summary>Puts them down, but what was put down before. Drift that began no later than what is told of the sync already is no news.</summary>
    /// <returns>How many are new.</returns>
    public Task<int> AddAsync(IReadOnlyList<NewNotification> news, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var (now, added) = (await database.NowAsync(connection), 0);
            foreach (var one in news)
                added += await connection.ExecuteAsync(
                    """
                    INSERT INTO notifications (id, target, event, subject, stamp, payload, due, attempts, not_before, taken_until, created_at)
                    VALUES (@Id, @Target, @Event, @Subject, @Stamp, @Payload, 1, 0, @Now, 0, @Now)
                    ON CONFLICT (target, event, subject) DO UPDATE SET
                      id = excluded.id, stamp = excluded.stamp, payload = excluded.payload, due = 1, attempts = 0, not_before = excluded.not_before, error = NULL, created_at = excluded.created_at
                    WHERE notifications.stamp < excluded.stamp
                    """,
                    new
                    {
                        Id = database.Ids.Next(now), one.Target, one.Event, one.Subject, Stamp = one.Stamp.ToUnixTimeMilliseconds(), one.Payload, Now = now.ToUnixTimeMilliseconds(),
                    },
                    transaction);
            return added;
        },
        ct);

    /// <summary>Takes what is due longest for a target and nobody has; null when there is none.</summary>
    /// <param name="hold">After which another node may take it: it is then sent again under the same id.</param>
    public Task<NotificationRow?> ClaimAsync(string target, TimeSpan hold, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            var taken = await connection.QuerySingleOrDefaultAsync<Columns>(
                """
                UPDATE notifications SET taken_until = @Until WHERE due = 1 AND taken_until < @Now AND id = (
                  SELECT id FROM notifications WHERE target = @Target AND due = 1 AND not_before <= @Now AND taken_until < @Now ORDER BY not_before, id LIMIT 1)
                RETURNING id, event, payload, attempts
                """,
                new { Target = target, Now = now, Until = now + (long)hold.TotalMilliseconds }, transaction);
            return taken is null ? null : new NotificationRow(taken.Id, taken.Event, taken.Payload, (int)taken.Attempts);
        },
        ct);

    public Task SentAsync(string id, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("UPDATE notifications SET due = 0, taken_until = 0, error = NULL WHERE id = @Id", new { Id = id }, transaction), ct);

    /// <summary>It did not arrive, or nobody knows. Null for <paramref name="delay"/>: it is given up.</summary>
    public Task LaterAsync(string id, TimeSpan? delay, string error, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            "UPDATE notifications SET due = @Due, attempts = attempts + 1, not_before = @NotBefore, taken_until = 0, error = @Error WHERE id = @Id",
            new
            {
                Id = id, Due = StoredText.Flag(delay is not null), Error = Redaction.Clean(error),
                NotBefore = (await database.NowAsync(connection)).ToUnixTimeMilliseconds() + (long)(delay ?? TimeSpan.Zero).TotalMilliseconds,
            },
            transaction),
        ct);

    private sealed class WaitingColumns : RunRecord
    {
        public string Plan { get; init; } = "";
        public long MadeAt { get; init; }
        public string Reason { get; init; } = "";
    }

    private sealed class Columns
    {
        public string Id { get; init; } = "";
        public string Event { get; init; } = "";
        public string Payload { get; init; } = "";
        public long Attempts { get; init; }
    }
}

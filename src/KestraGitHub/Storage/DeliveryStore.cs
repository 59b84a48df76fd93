using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>The inbox: what GitHub sent, and what became of it.</summary>
internal sealed class DeliveryStore(Database database, TimeProvider time)
{
    private const string Columns =
        "trigger_id = @TriggerId, received_at = @ReceivedAt, event = @Event, action = @Action, ref = @Ref, before_commit = @Before, " +
        "after_commit = @After, repository = @Repository, sender = @Sender, headers = @Headers, size = @Size, sha256 = @Sha256, " +
        "secret = @Secret, outcome = @Outcome, reason = @Reason, run_id = NULL, body = @Body";

    private const string SameGuid = "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND delivery_id = @DeliveryId";

    /// <summary>
    /// Stores the delivery and, where <paramref name="run"/> is given, its run, in one transaction. The same guid for the same sync again is a
    /// duplicate with the first run's id (unless the first was ignored and this one has a run: then it counts). A run that waits is joined instead of a second one.
    /// </summary>
    public Task<Accepted> AcceptAsync(DeliveryRow delivery, RunRequest? run, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = time.GetUtcNow();
            var row = DeliveryRecord.Parameters(RunIds.Next(now), delivery);
            if (!await TakeAsync(connection, transaction, row, wanted: run is not null))
            {
                if (IsPing(delivery)) return new Accepted("pong", null, delivery.Reason);
                var first = await connection.QuerySingleAsync<DeliveryRecord>($"SELECT * FROM deliveries WHERE {SameGuid}", row, transaction);
                return new Accepted("duplicate", first.RunId, $"Delivery {delivery.DeliveryId} was received before, at {StoredText.Time(first.ReceivedAt):u}.");
            }

            if (run is null) return new Accepted(delivery.Outcome, null, delivery.Reason);
            var (stored, merged) = await RunIntake.AddAsync(connection, transaction, run, merge: true, now);
            var outcome = merged ? "merged" : "queued";
            await connection.ExecuteAsync(
                $"UPDATE deliveries SET outcome = @Outcome, reason = NULL, run_id = @RunId WHERE {SameGuid}",
                new { Outcome = outcome, RunId = stored.Id, delivery.Sync.Tenant, delivery.Sync.Namespace, delivery.Sync.Flow, delivery.DeliveryId },
                transaction);
            return new Accepted(outcome, stored.Id, null);
        },
        ct);

    /// <exception cref="ArgumentException">The cursor is none of ours.</exception>
    public Task<Page<DeliveryRow>> QueryAsync(SyncKey? sync, int limit, string? cursor, CancellationToken ct)
    {
        limit = StoredText.Limit(limit);
        var parameters = new { sync?.Tenant, sync?.Namespace, sync?.Flow, Before = RunIds.Cursor(cursor), Take = limit + 1 };
        var where = sync is null ? "" : "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND ";
        return database.ReadAsync(
            async connection => StoredText.Page(
                [.. await connection.QueryAsync<DeliveryRecord>(
                    $"SELECT * FROM deliveries WHERE {where}id < @Before ORDER BY id DESC LIMIT @Take", parameters)],
                limit, static r => r.ToRow(), static r => r.Id),
            ct);
    }

    /// <summary>One delivery of one sync by GitHub's guid, or null.</summary>
    public Task<DeliveryRow?> GetAsync(SyncKey sync, string deliveryId, CancellationToken ct) => database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<DeliveryRecord>(
            $"SELECT * FROM deliveries WHERE {SameGuid}", new { sync.Tenant, sync.Namespace, sync.Flow, DeliveryId = deliveryId }))?.ToRow(),
        ct);

    // False when the guid is known and has had its effect. The unique index decides, not a look beforehand: two servers may hold the same delivery.
    private static async Task<bool> TakeAsync(DbConnection connection, DbTransaction transaction, object row, bool wanted)
    {
        if (await connection.ExecuteAsync(DeliveryRecord.Insert, row, transaction) == 1) return true;
        return wanted && await connection.ExecuteAsync(
            $"UPDATE deliveries SET {Columns} WHERE {SameGuid} AND outcome = 'ignored'", row, transaction) == 1;
    }

    private static bool IsPing(DeliveryRow delivery) => delivery.Outcome == "pong" || delivery.Event == "ping";
}

using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <param name="Run">The run that it asks for; null when nothing has to be done.</param>
internal sealed record DeliveryWish(DeliveryRow Delivery, RunRequest? Run)
{
    public (SyncKey Sync, string DeliveryId) Key => (Delivery.Sync, Delivery.DeliveryId);
}

/// <summary>Takes in the deliveries that came together: a handful of statements, however many they are.</summary>
internal sealed class DeliveryIntake
{
    // The guid alone: with the sync's names beside it PostgreSQL may walk the sync's history instead. Other syncs' rows are few, and are not asked for.
    internal const string Known =
        """
        SELECT d.tenant, d.namespace, d.flow, d.delivery_id, d.outcome, d.run_id, d.received_at FROM wanted w CROSS JOIN deliveries d
        WHERE d.delivery_id = w.delivery_id
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly string _known;

    public DeliveryIntake(Database database, TimeProvider time)
    {
        (_database, _time, Work) = (database, time, TakeAsync);
        _known = WantedRows.With(database, "delivery_id") + Known;
    }

    /// <summary>One and the same for all: by it the queue knows what to do together.</summary>
    public BatchWork<DeliveryWish, Accepted> Work { get; }

    private async Task<IReadOnlyList<Accepted>> TakeAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<DeliveryWish> wishes)
    {
        var earlier = await KnownAsync(connection, transaction, wishes);
        var taken = new List<Taken>(wishes.Count);
        foreach (var wish in wishes)
        {
            var first = earlier.GetValueOrDefault(wish.Key);
            // What was ignored then (a sync that was disabled) and has work to do now counts.
            var again = first is { Outcome: "ignored" } && wish.Run is not null;
            var one = new Taken(wish, first is null || again ? null : first) { Replaces = again };
            taken.Add(one);
            if (one.Duplicate is null) earlier[wish.Key] = new First(wish.Delivery.Outcome, wish.Delivery.ReceivedAt) { Taken = one };
        }

        var counted = taken.Where(t => t.Duplicate is null).ToList();
        var started = counted.Where(t => t.Wish.Run is not null).ToList();
        var intakes = await RunIntake.AddAsync(_database, connection, transaction, [.. started.Select(t => t.Wish.Run!)], merge: true);
        for (var i = 0; i < started.Count; i++) started[i].Intake = intakes[i];

        var now = _time.GetUtcNow();
        object Row(Taken t) => DeliveryRecord.Parameters(_database.Ids.Next(now), t.Wish.Delivery, t.Accepted);
        await _database.ExecuteManyAsync(connection, transaction, DeliveryRecord.Insert, counted.Where(t => !t.Replaces).Select(Row).ToList());
        await _database.ExecuteManyAsync(connection, transaction, DeliveryRecord.Update, counted.Where(t => t.Replaces).Select(Row).ToList());
        return [.. taken.Select(t => t.Accepted)];
    }

    private async Task<Dictionary<(SyncKey, string), First>> KnownAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<DeliveryWish> wishes)
    {
        var wanted = wishes.Select(w => w.Delivery.DeliveryId).Distinct().Select(guid => new[] { guid });
        return (await connection.QueryAsync<DeliveryRecord>(_known, WantedRows.Parameter(wanted), transaction))
            .ToDictionary(r => (r.Sync, r.DeliveryId), r => new First(r.Outcome, StoredText.Time(r.ReceivedAt)) { StoredRun = r.RunId });
    }

    /// <summary>The delivery that had the guid first: stored before, or in this very batch.</summary>
    private sealed record First(string Outcome, DateTimeOffset ReceivedAt)
    {
        public string? StoredRun { get; init; }

        public Taken? Taken { get; init; }

        public string? RunId => Taken?.Intake?.RunId ?? StoredRun;
    }

    private sealed class Taken(DeliveryWish wish, First? duplicate)
    {
        public DeliveryWish Wish => wish;

        public First? Duplicate => duplicate;

        public bool Replaces { get; init; }

        public Intake? Intake { get; set; }

        public Accepted Accepted => (duplicate, Intake) switch
        {
            ({ } first, _) when IsPing(wish.Delivery) => new Accepted("pong", null, wish.Delivery.Reason),
            ({ } first, _) => new Accepted("duplicate", first.RunId, $"Delivery {wish.Delivery.DeliveryId} was received before, at {first.ReceivedAt:u}."),
            (_, { } intake) => new Accepted(intake.Merged ? "merged" : "queued", intake.RunId, null),
            _ => new Accepted(wish.Delivery.Outcome, null, wish.Delivery.Reason),
        };
    }

    private static bool IsPing(DeliveryRow delivery) => delivery.Outcome == "pong" || delivery.Event == "ping";
}

using System.Data.Common;
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
    private readonly RunLook _runs;
    private readonly string _look;

    public DeliveryIntake(Database database)
    {
        (_database, Work) = (database, Take);
        _runs = new RunLook(database);
        _look = $"{WantedRows.With(database, "@Guids", "delivery_id")}{Known};\n{_runs.Sql}";
    }

    /// <summary>One and the same for all: by it the queue knows what to do together.</summary>
    public BatchWork<DeliveryWish, Accepted> Work { get; }

    private IReadOnlyList<Accepted> Take(DbConnection connection, DbTransaction transaction, IReadOnlyList<DeliveryWish> wishes)
    {
        var (earlier, runs) = Look(connection, transaction, wishes);
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
        var (intakes, statements) = RunIntake.Plan(_database, runs, [.. started.Select(t => t.Wish.Run!)], merge: true);
        for (var i = 0; i < started.Count; i++) started[i].Intake = intakes[i];

        var now = _database.Now;
        object Row(Taken t) => DeliveryRecord.Parameters(_database.Ids.Next(now), t.Wish.Delivery, t.Accepted);
        _database.Execute(
            connection, transaction,
            [
                .. statements,
                new RowStatement(DeliveryRecord.Insert, [.. counted.Where(t => !t.Replaces).Select(Row)]),
                new RowStatement(DeliveryRecord.Update, [.. counted.Where(t => t.Replaces).Select(Row)]),
            ]);
        return [.. taken.Select(t => t.Accepted)];
    }

    /// <summary>All questions at once: on another machine's database it is the way there and back that takes time.</summary>
    private (Dictionary<(SyncKey, string), First> Earlier, RunsFound Runs) Look(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<DeliveryWish> wishes)
    {
        var guids = WantedRows.Value(wishes.Select(w => w.Delivery.DeliveryId).Distinct().Select(guid => new[] { guid }));
        using var found = _database.Ask(
            connection, transaction, _look, [("Guids", guids), .. _runs.Parameters(wishes.Where(w => w.Run is not null).Select(w => w.Run!))]);
        var earlier = new Dictionary<(SyncKey, string), First>();
        while (found.Read())
            earlier.Add(
                (new(found.GetString(0), found.GetString(1), found.GetString(2)), found.GetString(3)),
                new First(found.GetString(4), StoredText.Time(found.GetInt64(6))) { StoredRun = found.IsDBNull(5) ? null : found.GetString(5) });
        found.NextResult();
        return (earlier, _runs.Read(found));
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
            (_, { } intake) when wish.Delivery.Outcome == "recovered" => new Accepted("recovered", intake.RunId, wish.Delivery.Reason),
            (_, { } intake) => new Accepted(intake.Merged ? "merged" : "queued", intake.RunId, null),
            _ => new Accepted(wish.Delivery.Outcome, null, wish.Delivery.Reason),
        };
    }

    private static bool IsPing(DeliveryRow delivery) => delivery.Outcome == "pong" || delivery.Event == "ping";
}

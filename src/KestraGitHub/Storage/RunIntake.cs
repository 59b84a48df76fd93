using System.Data.Common;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>What became of a wish for a run.</summary>
/// <param name="Merged">It is part of a run that was wished for before.</param>
internal readonly record struct Intake(string RunId, bool Merged);

/// <summary>How wishes become rows, or parts of rows that wait.</summary>
internal static class RunIntake
{
    private const string Told =
        """
        trigger_kind = @TriggerKind, trigger_id = @TriggerId, trigger_by = @TriggerBy, trigger_delivery = @TriggerDelivery,
        trigger_ref = @TriggerRef, trigger_commit = @TriggerCommit,
        payload = CASE WHEN @Payload = '{}' THEN payload ELSE @Payload END,
        deliveries = deliveries + @Deliveries
        """;

    // Two wishes for "the newest commit, applied" are one piece of work. The window counts from the first of them (the earlier not-before
    // stays), so that a busy branch cannot put its sync off for ever; and a push is a new chance for a run that waits for its retry.
    private const string Hastened =
        """
        waits_since = CASE WHEN not_before < @NotBefore THEN waits_since ELSE @CreatedAt END,
        not_before = CASE WHEN not_before < @NotBefore THEN not_before ELSE @NotBefore END,
        attempt = CASE WHEN state = 'waiting' THEN 1 ELSE attempt END,
        error = CASE WHEN state = 'waiting' THEN NULL ELSE error END,
        error_kind = CASE WHEN state = 'waiting' THEN NULL ELSE error_kind END,
        state = 'queued', waiting_for = NULL
        """;

    private const string Join = $"UPDATE runs SET {Told}, {Hastened} FROM rows WHERE id = @Id";

    // Most pushes hasten nothing.
    private const string Tell = $"UPDATE runs SET {Told} FROM rows WHERE id = @Id";
    private const string Hasten = $"UPDATE runs SET {Hastened} FROM rows WHERE id = @Id AND (state = 'waiting' OR not_before >= @NotBefore)";

    private const string Insert =
        """
        INSERT INTO runs (
          id, tenant, namespace, flow, trigger_kind, trigger_id, trigger_by, trigger_delivery, trigger_ref, trigger_commit, state, dry_run,
          requested_revision, mergeable, forced, attempt, created_at, waits_since, not_before, counts, deliveries, payload, undo_of, pull_request, on_conflict)
        SELECT
          @Id, @Tenant, @Namespace, @Flow, @TriggerKind, @TriggerId, @TriggerBy, @TriggerDelivery, @TriggerRef, @TriggerCommit, 'queued', @DryRun,
          @RequestedRevision, @Mergeable, @Forced, 1, @CreatedAt, @CreatedAt, @NotBefore, '{}', @Deliveries, @Payload, @UndoOf, @PullRequest, @OnConflict
        FROM rows
        """;

    private const string Sync = "INSERT INTO syncs (tenant, namespace, flow) VALUES (@Tenant, @Namespace, @Flow) ON CONFLICT DO NOTHING";

    /// <summary>Stores each of <paramref name="requests"/>, in their order. One that is mergeable joins a run of its sync that waits, if <paramref name="merge"/>.</summary>
    /// <returns>One for each request.</returns>
    public static IReadOnlyList<Intake> Add(
        Database database, DbConnection connection, DbTransaction transaction, IReadOnlyList<RunRequest> requests, bool merge)
    {
        var look = new RunLook(database);
        RunsFound runs;
        using (var found = database.Ask(connection, transaction, look.Sql, [.. look.Parameters(merge ? requests : [])])) runs = look.Read(found);
        var (intakes, statements) = Plan(database, runs, requests, merge);
        database.Execute(connection, transaction, statements);
        return intakes;
    }

    /// <summary>What becomes of each request, and the statements that make it so.</summary>
    public static (IReadOnlyList<Intake> Intakes, IReadOnlyList<RowStatement> Statements) Plan(
        Database database, RunsFound found, IReadOnlyList<RunRequest> requests, bool merge)
    {
        var (joins, fresh, intakes) = (new List<RunWish>(), new List<RunWish>(), new List<Intake>(requests.Count));
        var mergeable = new Dictionary<SyncKey, RunWish>();
        foreach (var request in requests)
        {
            var together = merge && request.Mergeable;
            if (together && mergeable.TryGetValue(request.Sync, out var earlier))
            {
                earlier.Take(request, found.Now);
                intakes.Add(new(earlier.Id, true));
                continue;
            }

            var joined = together ? found.Waiting.GetValueOrDefault(request.Sync) : null;
            var wish = new RunWish(joined ?? database.Ids.Next(found.Now), request, found.Now);
            (joined is null ? fresh : joins).Add(wish);
            if (together) mergeable[request.Sync] = wish;
            intakes.Add(new(wish.Id, joined is not null));
        }

        RowStatement[] joining = database.IndexesByName ? [new(Tell, joins), new(Hasten, joins)] : [new(Join, joins)];
        return (intakes, [.. joining, new RowStatement(PlanStore.Join, joins), new RowStatement(Sync, fresh), new RowStatement(Insert, fresh)]);
    }
}

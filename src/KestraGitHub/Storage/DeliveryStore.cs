using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>The inbox: what GitHub sent, and what became of it.</summary>
internal sealed class DeliveryStore
{
    private const string SameGuid = "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND delivery_id = @DeliveryId";

    private readonly Database _database;
    private readonly DeliveryIntake _intake;
    private readonly FanOutIntake _fanOut;

    public DeliveryStore(Database database)
    {
        _database = database;
        _intake = new DeliveryIntake(database);
        _fanOut = new FanOutIntake(database, _intake);
    }

    /// <summary>
    /// Stores the delivery and, where <paramref name="run"/> is given, its run, in one transaction. The same guid for the same sync again is a
    /// duplicate with the first run's id (unless the first was ignored and this one has a run: then it counts). A run that waits is joined instead of a second one.
    /// </summary>
    public async Task<Accepted> AcceptAsync(DeliveryRow delivery, RunRequest? run, CancellationToken ct)
    {
        var wish = new DeliveryWish(delivery, run);
        try
        {
            return await _database.WriteAsync(_intake.Work, wish, ct);
        }
        catch (DbException e) when (_database.IsUniqueViolation(e))
        {
            // Another server stored the same guid between our look and our insert. The second look finds it.
            return await _database.WriteAsync(_intake.Work, wish, ct);
        }
    }

    /// <summary>The same for one delivery that many syncs take, in one transaction; one answer for each of its deliveries, in their order.</summary>
    public async Task<IReadOnlyList<Accepted>> AcceptAsync(FanOutWish wish, CancellationToken ct)
    {
        try
        {
            return await _database.WriteAsync(_fanOut.Work, wish, ct);
        }
        catch (DbException e) when (_database.IsUniqueViolation(e))
        {
            return await _database.WriteAsync(_fanOut.Work, wish, ct);
        }
    }

    /// <exception cref="ArgumentException">The cursor is none of ours.</exception>
    public Task<Page<DeliveryRow>> QueryAsync(SyncKey? sync, int limit, string? cursor, CancellationToken ct)
    {
        limit = StoredText.Limit(limit);
        var parameters = new { sync?.Tenant, sync?.Namespace, sync?.Flow, Before = RunIds.Cursor(cursor), Take = limit + 1 };
        var where = sync is null ? "" : "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND ";
        return _database.ReadAsync(
            async connection => StoredText.Page(
                [.. await connection.QueryAsync<DeliveryRecord>(
                    $"SELECT * FROM deliveries WHERE {where}id < @Before ORDER BY id DESC LIMIT @Take", parameters)],
                limit, static r => r.ToRow(), static r => r.Id),
            ct);
    }

    /// <summary>What became of one guid, for each sync that took it.</summary>
    public Task<IReadOnlyList<DeliveryRow>> OfGuidAsync(string deliveryId, CancellationToken ct) => _database.ReadAsync(
        async connection => (IReadOnlyList<DeliveryRow>)[.. (await connection.QueryAsync<DeliveryRecord>(
            "SELECT * FROM deliveries WHERE delivery_id = @DeliveryId ORDER BY id", new { DeliveryId = deliveryId })).Select(r => r.ToRow())],
        ct);

    /// <summary>One delivery of one sync by GitHub's guid, or null.</summary>
    public Task<DeliveryRow?> GetAsync(SyncKey sync, string deliveryId, CancellationToken ct) => _database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<DeliveryRecord>(
            $"SELECT * FROM deliveries WHERE {SameGuid}", new { sync.Tenant, sync.Namespace, sync.Flow, DeliveryId = deliveryId }))?.ToRow(),
        ct);
}

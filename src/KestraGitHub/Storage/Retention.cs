using Dapper;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Storage;

/// <summary>Deletes history that is older than it is kept, in small bites so that no delivery waits behind a large one.</summary>
internal sealed class RetentionSweep(Database database)
{
    /// <summary>What a run overwrote or deleted can be brought back for at least as long, however soon history goes.</summary>
    public static readonly TimeSpan Restorable = TimeSpan.FromDays(30);

    private const int Bite = 100;

    // The newest ended run of each sync stays whatever its age: pages say from it how the sync stands. A dry run says nothing of that.
    private const string Runs =
        """
        DELETE FROM runs WHERE id IN (
          SELECT r.id FROM runs r
          WHERE r.finished_at IS NOT NULL AND r.finished_at < @Before
            AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.run_id = r.id AND j.at >= @Kept) AND EXISTS (
            SELECT 1 FROM runs n
            WHERE n.tenant = r.tenant AND n.namespace = r.namespace AND n.flow = r.flow AND n.finished_at IS NOT NULL
              AND (n.dry_run = 0 OR r.dry_run = 1) AND (n.finished_at, n.id) > (r.finished_at, r.id))
          ORDER BY r.finished_at LIMIT @Bite)
        """;

    private const string Deliveries = "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE id < @Floor ORDER BY id LIMIT @Bite)";

    // By then no delivery of theirs comes any more.
    private const string OwnCommits =
        """
        DELETE FROM own_commits WHERE (tenant, namespace, flow, commit_id) IN (
          SELECT tenant, namespace, flow, commit_id FROM own_commits WHERE made_at < @Before ORDER BY made_at LIMIT @Bite)
        """;

    // What was told stays on GitHub; without the row it might be told a second time.
    private const string Told =
        "DELETE FROM github_outbox WHERE id IN (SELECT id FROM github_outbox WHERE changed_at < @Before AND following = 0 AND due = 0 ORDER BY changed_at LIMIT @Bite)";

    // What was told, or given up; drift that goes on so long may well be told again.
    private const string Notified =
        "DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE created_at < @Before AND due = 0 ORDER BY created_at LIMIT @Bite)";

    /// <returns>How many runs and deliveries were deleted.</returns>
    public async Task<(int Runs, int Deliveries)> SweepAsync(DateTimeOffset before, CancellationToken ct)
    {
        var parameters = new { Before = before.ToUnixTimeMilliseconds(), Floor = RunIds.Floor(before), Bite, Kept = (database.Now - Restorable).ToUnixTimeMilliseconds() };
        await DeleteAsync(OwnCommits, parameters, ct);
        await DeleteAsync(Told, parameters, ct);
        await DeleteAsync(Notified, parameters, ct);
        await DeleteAsync(AuditStore.Old, parameters, ct);
        return (await DeleteAsync(Runs, parameters, ct), await DeleteAsync(Deliveries, parameters, ct));
    }

    private async Task<int> DeleteAsync(string sql, object parameters, CancellationToken ct)
    {
        var deleted = 0;
        for (var bite = Bite; bite == Bite; deleted += bite)
            bite = await database.WriteAsync((connection, transaction) => connection.ExecuteAsync(sql, parameters, transaction), ct);
        return deleted;
    }
}

/// <summary>Sweeps once an hour.</summary>
internal sealed partial class RetentionService(
    RetentionSweep sweep, IOptions<DataOptions> options, TimeProvider time, ILogger<RetentionService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Retention == TimeSpan.Zero) return;
        using var hour = new PeriodicTimer(TimeSpan.FromHours(1), time);
        try
        {
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await hour.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        try
        {
            var (runs, deliveries) = await sweep.SweepAsync(time.GetUtcNow() - options.Value.Retention, ct);
            if (runs + deliveries > 0) Log.Swept(logger, runs, deliveries);
        }
        catch (StorageUnavailableException e)
        {
            Log.Later(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Runs} old runs and {Deliveries} old deliveries")]
        public static partial void Swept(ILogger logger, int runs, int deliveries);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Old runs and deliveries stay for another hour: {Reason}")]
        public static partial void Later(ILogger logger, string reason);
    }
}

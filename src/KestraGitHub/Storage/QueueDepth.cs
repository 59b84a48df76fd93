using Dapper;

namespace KestraGitHub.Storage;

/// <summary>The queue in numbers.</summary>
/// <param name="Queued">Runs that wait for a worker, or for their time.</param>
/// <param name="Waiting">Runs that wait for something else, mostly their next attempt.</param>
/// <param name="Due">Of both, those whose time has come.</param>
/// <param name="OldestAge">For how long the oldest of them has been due; zero when none is.</param>
public sealed record QueueDepth(long Queued, long Waiting, long Running, long Due, TimeSpan OldestAge);

internal sealed partial class RunStore
{
    internal const string Depth =
        """
        SELECT
          COALESCE(SUM(CASE WHEN state = 'queued' THEN 1 ELSE 0 END), 0) AS queued,
          COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) AS waiting,
          COALESCE(SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END), 0) AS running,
          COALESCE(SUM(CASE WHEN state <> 'running' AND not_before <= @Now THEN 1 ELSE 0 END), 0) AS due,
          MIN(CASE WHEN state <> 'running' AND not_before <= @Now THEN not_before END) AS oldest
        FROM runs WHERE finished_at IS NULL
        """;

    /// <summary>Looks only at what has not ended, however long the history.</summary>
    public Task<QueueDepth> DepthAsync(CancellationToken ct) => database.ReadAsync(
        async connection =>
        {
            var now = await NowAsync(connection);
            var depth = await connection.QuerySingleAsync<DepthColumns>(Depth, new { Now = now });
            return new QueueDepth(depth.Queued, depth.Waiting, depth.Running, depth.Due, TimeSpan.FromMilliseconds(now - (depth.Oldest ?? now)));
        },
        ct);

    private sealed class DepthColumns
    {
        public long Queued { get; init; }

        public long Waiting { get; init; }

        public long Running { get; init; }

        public long Due { get; init; }

        public long? Oldest { get; init; }
    }
}

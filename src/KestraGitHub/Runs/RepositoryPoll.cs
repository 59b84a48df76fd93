using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// The net under the webhooks, which needs no rights: each repository is asked once every <c>GitHub:PollInterval</c>, a tenth of it earlier or later, however
/// many syncs read it. Of many nodes, the one that moves the clock asks.
/// </summary>
internal sealed partial class RepositoryPoll(
    WatchedRepositories watched, PollStore polls, PollCheck check, GitHubOptions options, TimeProvider time, ILogger<RepositoryPoll> logger) : BackgroundService
{
    private const int AtOnce = 4;
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(5);

    // As far as this node knows: it asks the database only when a time has come.
    private readonly Dictionary<RepositoryName, DateTimeOffset> _due = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.PollInterval == TimeSpan.Zero) return;
        try
        {
            var tick = options.PollInterval < LongestTick ? options.PollInterval : LongestTick;
            using var timer = new PeriodicTimer(tick < TimeSpan.FromMilliseconds(100) ? TimeSpan.FromMilliseconds(100) : tick, time);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RoundAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down.
        }
    }

    /// <summary>A tenth earlier or later, so that not all of them come at one moment.</summary>
    internal static TimeSpan Jittered(TimeSpan interval) => interval * (0.9 + (Random.Shared.NextDouble() * 0.2));

    private async Task RoundAsync(CancellationToken ct)
    {
        try
        {
            var repositories = await watched.OfAsync(paused: false, ct);
            List<RepositoryName> due;
            lock (_due)
            {
                foreach (var gone in _due.Keys.Where(k => !repositories.ContainsKey(k)).ToList()) _due.Remove(gone);
                due = [.. repositories.Keys.Where(k => _due.GetValueOrDefault(k) <= time.GetUtcNow())];
            }

            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (name, stop) => await LookAsync(name, repositories[name], stop));
        }
        catch (StorageUnavailableException e)
        {
            Log.Failed(logger, "all repositories", e.Message);
        }
    }

    private async Task LookAsync(RepositoryName name, IReadOnlyList<Definition> readers, CancellationToken ct)
    {
        var left = Jittered(options.PollInterval);
        try
        {
            (var mine, left) = await polls.ClaimAsync(name.ToString(), left, now: false, ct);
            if (mine) await check.RunAsync(name, readers, ct);
        }
#pragma warning disable CA1031 // The boundary of a background loop: one repository's trouble must not stop the looks at the others.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, name.ToString(), e.Message.Split('\n', 2)[0]);
        }

        lock (_due) _due[name] = time.GetUtcNow() + left;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The look at {Repository} failed; it is tried again at its next time. {Reason}")]
        public static partial void Failed(ILogger logger, string repository, string reason);
    }
}

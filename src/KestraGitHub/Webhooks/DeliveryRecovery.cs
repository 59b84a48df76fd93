using KestraGitHub.GitHub;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>
/// With a token or an App: looks at the start and every <c>GitHub:PollInterval</c> for deliveries that failed. Of many nodes, the one that moves the clock looks;
/// at a start it looks whatever the clock says, for the outage may have been short.
/// </summary>
internal sealed partial class DeliveryRecovery(
    GitHubClient github, GitHubOptions options, WatchedRepositories watched, HookFinder finder, LostDeliveries lost, PollStore polls, TimeProvider time,
    ILogger<DeliveryRecovery> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.PollInterval == TimeSpan.Zero || !github.IsConfigured) return;
        try
        {
            using var timer = new PeriodicTimer(Tick, time);
            do
            {
                try
                {
                    await RoundAsync(stoppingToken);
                }
                catch (StorageUnavailableException e)
                {
                    Log.Failed(logger, "the deliveries of all hooks", e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down.
        }
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        // A suspended sync gets its run too, which waits.
        var repositories = (await watched.OfAsync(paused: true, ct)).Keys.Select(finder.RepositoryOf).OfType<GitHubRepository>().Distinct().ToList();
        foreach (var repository in repositories) await LookAsync($"the hooks of {repository}", finder.OfAsync(repository, ct), ct);
        foreach (var owner in repositories.Select(r => r.Owner).Distinct(StringComparer.OrdinalIgnoreCase))
            await LookAsync($"the hooks of {owner}", finder.OfOwnerAsync(owner, ct), ct);
        if (github.IsApp) await LookAsync("the hook of the App", AppAsync(ct), ct);
    }

    private async IAsyncEnumerable<OwnHook> AppAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (await finder.OfAppAsync(ct) is { } hook) yield return hook;
    }

    private async Task LookAsync(string place, IAsyncEnumerable<OwnHook> hooks, CancellationToken ct)
    {
        var first = !_due.TryGetValue(place, out var due);
        if (!first && due > time.GetUtcNow()) return;
        var left = RepositoryPoll.Jittered(options.PollInterval);
        try
        {
            (var mine, left) = await polls.ClaimAsync(place, left, first, ct);
            if (mine)
                await foreach (var hook in hooks) await lost.RecoverAsync(hook, ct);
        }
        catch (GitHubException e)
        {
            Log.Failed(logger, place, e.Message.Split('\n', 2)[0]);
            if (e.RetryAfter is { } wait && wait > left) left = wait;
        }
#pragma warning disable CA1031 // The boundary of a background loop: the trouble of one must not stop the looks at the others.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, place, e.Message.Split('\n', 2)[0]);
        }

        _due[place] = time.GetUtcNow() + left;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Lost deliveries could not be looked for in {Place}; it is tried again at its next time. {Reason}")]
        public static partial void Failed(ILogger logger, string place, string reason);
    }
}

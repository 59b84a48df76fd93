using KestraGitHub.Notifications;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Tells receivers, apart from every run: one that is away delays and fails nothing, and hears of it when it is back.</summary>
internal sealed partial class Notifier(
    List<NotificationTarget> targets, NotificationFinder finder, NotificationStore store, NotificationClient client, TimeProvider time, ILogger<Notifier> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    /// <summary>Longer than one post may take.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);

    /// <summary>With <see cref="LongestDelay"/> more than three days.</summary>
    private const int MostAttempts = 450;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (targets.Count == 0) return;
        using var clock = new PeriodicTimer(Look, time);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await clock.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rest is told after the next start.
        }
    }

    /// <summary>Finds what is new, and tells what is due.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        try
        {
            await finder.LookAsync(ct);
            await Task.WhenAll(targets.Select((target, i) => SendDueAsync(target, target.Name ?? $"Notifications:{i}", ct)));
        }
#pragma warning disable CA1031 // The boundary of a background loop: whatever goes wrong with one look, the next one comes.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.Failed(logger, e.Message.Split('\n', 2)[0]);
        }
    }

    /// <summary>Until nothing is due, or the receiver refuses one: it is let alone until the next look.</summary>
    private async Task SendDueAsync(NotificationTarget target, string name, CancellationToken ct)
    {
        while (await store.ClaimAsync(target.Id, Hold, ct) is { } row)
        {
            try
            {
                await client.SendAsync(target, Notice.FromJson(row.Payload) with { Id = row.Id }, ct);
                // It is told: a stop must not make it forgotten.
                await store.SentAsync(row.Id, CancellationToken.None);
            }
            catch (NotificationException e)
            {
                var attempt = row.Attempts + 1;
                TimeSpan? delay = e.Hopeless || attempt >= MostAttempts ? null : e.RetryAfter is { } wished && wished > FirstDelay && wished < LongestDelay ? wished : DelayAfter(attempt);
                if (attempt == 1 || delay is null) Log.NotTold(logger, name, row.Event, e.Message, delay is null ? "it is given up" : $"next attempt in {delay.Value.TotalSeconds:0} s");
                await store.LaterAsync(row.Id, delay, e.Message, CancellationToken.None);
                return;
            }
        }
    }

    private static TimeSpan DelayAfter(int attempt) => TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(attempt - 1, 10)));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Target} was not told of {Event}: {Reason}; {Next}")]
        public static partial void NotTold(ILogger logger, string target, string @event, string reason, string next);

        [LoggerMessage(LogLevel.Warning, "Notifications were not looked at: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}

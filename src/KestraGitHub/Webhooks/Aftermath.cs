using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What a call leads to beside its rows and runs.</summary>
internal sealed partial class Aftermath(Inbox inbox, TimeProvider time, ILogger<Aftermath> logger)
{
    // With the eight seconds that storing may take, less than GitHub waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Before a call is stored: what must not be forgotten once it is acknowledged. A merge queue's group would wait for ever.</summary>
    public async Task PrepareAsync(IReadOnlyList<WebhookParcel> parcels, CancellationToken ct)
    {
        foreach (var group in parcels.Where(p => p.Group is not null).GroupBy(p => p.Group!.Value, p => p.Row.Sync))
            await inbox.LetThroughAsync([.. group], group.Key.Repository, group.Key.Commit, ct).WaitAsync(ct);
    }

    /// <summary>
    /// After it: plans that are older than a pull request's newest push end, and checks tell of their new runs. Whatever of it does not happen costs a plan too much, or a
    /// word that comes later.
    /// </summary>
    /// <param name="accepted">One for each parcel.</param>
    public async Task FollowAsync(IReadOnlyList<WebhookParcel> parcels, IReadOnlyList<Accepted> accepted)
    {
        var all = parcels.Zip(accepted).ToList();
        var pulls = all.Where(p => p.First.Pull is not null && Counts(p.First, p.Second)).GroupBy(p => (p.First.Pull!.Repository, p.First.Pull.Number)).ToList();
        var again = all.Where(p => p.First.Check is not null && Counts(p.First, p.Second)).Select(p => (p.First.Check!.Row, p.Second.RunId!)).ToList();
        if (pulls.Count == 0 && again.Count == 0) return;
        try
        {
            using var timer = new CancellationTokenSource(Patience, time);
            foreach (var pull in pulls)
                await inbox.SupersedeAsync(pull.First().First.Pull!, pull.ToDictionary(p => p.First.Row.Sync, p => p.Second.RunId), timer.Token).WaitAsync(timer.Token);
            if (again.Count > 0) await inbox.AgainAsync(again, timer.Token).WaitAsync(timer.Token);
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            Log.NotDone(logger, parcels[0].Row.DeliveryId);
        }
    }

    /// <summary>A duplicate leads to nothing.</summary>
    private static bool Counts(WebhookParcel parcel, Accepted accepted) =>
        parcel.Run is null ? accepted.Outcome == "ignored" : accepted.Outcome is "queued" or "merged" or RecoveryIntake.Outcome;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Delivery {DeliveryId}: older plans of its pull request were not ended, or its check was not told at once; both come right by themselves.")]
        public static partial void NotDone(ILogger logger, string deliveryId);
    }
}

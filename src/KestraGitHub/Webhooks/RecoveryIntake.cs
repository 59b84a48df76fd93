using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>Takes in what GitHub says it sent, and which never came: as if it had come, and through the same intake, so that a guid counts once whatever else brings it.</summary>
internal sealed class RecoveryIntake(FanOutInbox all, Inbox one, WebhookRules rules, WakeQueue wakes, Aftermath aftermath, TimeProvider time)
{
    public const string Outcome = "recovered";

    private const string Why = "No call brought it: GitHub's list of deliveries did.";

    /// <returns>How many runs came of it.</returns>
    public Task<int> TakeAsync(HookAddress address, AuthenticCall call, ReadOnlyMemory<byte> payload, CancellationToken ct) =>
        address.Sync is { } sync ? TakeAsync(sync, address.Key, call, payload, ct) : TakeAsync(call, payload, ct);

    private async Task<int> TakeAsync(AuthenticCall call, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        using var document = call.Parse(payload, out _);
        if (document is null) return 0;
        var (repository, facts) = (DeliveryRepository.Of(document.RootElement), DeliveryFacts.Of(document.RootElement));
        var (readers, names) = repository is null ? ([], []) : await all.ReadersAsync(repository, ct);
        var own = call.Event == "push" && facts is { After: { } after, Before: { } before } ? await all.MakersAsync(after, before, ct) : new HashSet<SyncKey>();
        if (FanOut.Of(call, payload, readers, own, new Dictionary<SyncKey, ToldCheck>(), rules, time.GetUtcNow(), out _) is not { } parcel) return 0;
        List<WebhookParcel> parcels = [.. parcel.Parcels.Select(Recovered)];
        await aftermath.PrepareAsync(parcels, ct);
        var accepted = await all.AcceptAsync(new FanOutWish([.. parcels.Select(p => new DeliveryWish(p.Row, p.Run))], names, repository?.Number, parcel.Seen), ct);
        await aftermath.FollowAsync(parcels, accepted);
        var started = parcels.Zip(accepted).Where(p => p.Second.Outcome == Outcome).Select(p => p.First).ToList();
        foreach (var one in started) wakes.Add(one.Row.Sync, one.Run!.Delay);
        return started.Count;
    }

    private async Task<int> TakeAsync(SyncKey sync, string key, AuthenticCall call, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        if (one.Find(sync) is not { } definition || WebhookKey.Match(definition, key) is not { } trigger) return 0;
        if (new WebhookCall(definition, trigger, call, payload).Open(rules, time.GetUtcNow(), out _, out _) is not { } parcel) return 0;
        if (parcel is { Run: { PullRequest: null }, Row: { After: { } after, Before: { } before } } && definition.WritesToGit && await one.IsOwnAsync(sync, after, before, ct))
            parcel = parcel.Ignored(WebhookDecision.Own);
        parcel = Recovered(parcel);
        await aftermath.PrepareAsync([parcel], ct);
        var accepted = await one.AcceptAsync(parcel.Row, parcel.Run, ct);
        await aftermath.FollowAsync([parcel], [accepted]);
        if (accepted.Outcome != Outcome) return 0;
        wakes.Add(sync, parcel.Run!.Delay);
        return 1;
    }

    private static WebhookParcel Recovered(WebhookParcel parcel) => parcel with
    {
        Row = parcel.Run is null ? parcel.Row with { Reason = $"{parcel.Row.Reason} {Why}" } : parcel.Row with { Outcome = Outcome, Reason = Why },
    };
}

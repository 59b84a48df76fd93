using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

/// <summary>
/// One call to the app-wide address, which no key guards: the signature is the proof, and the service's own secrets are those that count. What is
/// answered with 2xx is stored.
/// </summary>
internal sealed partial class FanOutReceiver(
    FanOutInbox inbox, WebhookRules rules, WebhookSecrets secrets, WebhookDoor door, BodyReader bodies, LargeBodies large, WakeQueue wakes, Aftermath aftermath,
    WebhookMetrics metrics, IOptions<WebhookOptions> options, TimeProvider time, ILogger<FanOutReceiver> logger)
{
    // GitHub hangs up after ten seconds: better to say no before it does.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public async Task<IResult> ReceiveAsync(HttpContext http)
    {
        using var body = await bodies.ReadAsync(http.Request, http.RequestAborted);
        if (body.Outcome == BodyOutcome.Whole) return await TakeAsync(body, http);
        if (body.Outcome == BodyOutcome.NoRoom)
        {
            metrics.NoRoom();
            Log.NoRoom(logger);
        }

        return WebhookAnswers.NotWhole(body.Outcome, http.Response);
    }

    private async Task<IResult> TakeAsync(Body body, HttpContext http)
    {
        var (call, glimpse, refusal) = await large.ReadAsync(body, raw => Check(raw, http));
        if (call is null) return refusal!;
        try
        {
            // Not the caller's token: what was taken in is stored even if the caller hangs up, and while the service shuts down.
            using var timer = new CancellationTokenSource(Patience, time);
            return await StoreAsync(call, glimpse!, body, http.Response, timer.Token);
        }
#pragma warning disable CA1031 // Whatever kept it from being stored, GitHub must hear that it was not.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is StorageUnavailableException) Log.NotNow(logger, call.DeliveryId, e.Message);
            else if (e is OperationCanceledException) Log.NotNow(logger, call.DeliveryId, "The database did not answer in time.");
            else Log.NotStored(logger, call.DeliveryId, e);
            return WebhookAnswers.Unavailable(http.Response);
        }
    }

    private (AuthenticCall? Call, Glimpse? Glimpse, IResult? Refusal) Check(ReadOnlyMemory<byte> raw, HttpContext http)
    {
        var admission = door.Check(http, raw.Span, secrets.Service);
        if (admission.IsUnproven) Log.BadSignature(logger, admission.Verdict);
        if (admission.Call is not { } call) return (null, null, admission.IsUnproven ? admission.Refusal : Refused(admission.Refusal!));
        using var document = call.Parse(raw, out var fault);
        return document is null
            ? (null, null, Refused(WebhookAnswers.BadRequest(fault)))
            : (call, Glimpse.Of(call, document.RootElement), null);
    }

    private async Task<IResult> StoreAsync(AuthenticCall call, Glimpse glimpse, Body body, HttpResponse response, CancellationToken ct)
    {
        var (readers, names) = glimpse.Repository is { } repository ? await inbox.ReadersAsync(repository, ct).WaitAsync(ct) : ([], []);
        var checks = glimpse is { Asked: { } asked, Repository: { } place } ? await inbox.ChecksAsync(asked, place, ct).WaitAsync(ct) : new Dictionary<SyncKey, ToldCheck>();
        if (call.Event == "push") rules.Pushed();
        var own = call.Event == "push" && glimpse.Facts is { After: { } after, Before: { } before } && readers.Any(d => d.WritesToGit)
            ? await inbox.MakersAsync(after, before, ct).WaitAsync(ct)
            : new HashSet<SyncKey>();
        var (parcel, fault) = await large.ReadAsync(body, raw => (FanOut.Of(call, raw, readers, own, checks, rules, time.GetUtcNow(), out var wrong), wrong));
        if (parcel is null) return Refused(WebhookAnswers.BadRequest(fault));

        // The body once, however many syncs take it: a thousand copies of 25 MiB are nobody's wish.
        var kept = options.Value.KeepBodies ? body.Keep() : null;
        if (kept is null) body.Dispose();
        var wishes = parcel.Parcels.Select((p, i) => new DeliveryWish(i == 0 ? p.Row with { Body = kept } : p.Row, p.Run)).ToList();
        await aftermath.PrepareAsync(parcel.Parcels, ct);
        var accepted = await inbox.AcceptAsync(new FanOutWish(wishes, names, glimpse.Repository?.Number, parcel.Seen), ct).WaitAsync(ct);
        await aftermath.FollowAsync(parcel.Parcels, accepted);
        return Answer(call, parcel, accepted, response);
    }

    private IResult Answer(AuthenticCall call, FanOutParcel parcel, IReadOnlyList<Accepted> accepted, HttpResponse response)
    {
        var runs = new List<SyncRunAnswer>();
        foreach (var (one, outcome) in parcel.Parcels.Zip(accepted))
        {
            if (outcome.Outcome is not ("queued" or "merged")) continue;
            runs.Add(new(one.Row.Sync.ToString(), outcome.RunId!));
            wakes.Add(one.Row.Sync, one.Run!.Delay);
        }

        if (runs.Count > 0)
        {
            Log.Queued(logger, call.DeliveryId, runs.Count);
            return WebhookAnswers.Queued(response, call.DeliveryId, runs);
        }

        var first = accepted[0];
        Log.Settled(logger, call.DeliveryId, first.Outcome);
        return WebhookAnswers.Settled(first.Outcome, first.Outcome == "duplicate" ? "This delivery came before." : first.Reason, first.RunId);
    }

    private IResult Refused(IResult answer)
    {
        Log.Refused(logger, ((IStatusCodeHttpResult)answer).StatusCode ?? 0);
        return answer;
    }

    /// <summary>What has to be looked up before it can be decided.</summary>
    private sealed record Glimpse(DeliveryRepository? Repository, DeliveryFacts Facts, CheckRequest? Asked)
    {
        public static Glimpse Of(AuthenticCall call, JsonElement body)
        {
            var facts = DeliveryFacts.Of(body);
            return new(DeliveryRepository.Of(body), facts, CheckEvents.Of(call.Event, body, facts));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A call to /webhook/github was refused: its signature is {Verdict}.")]
        public static partial void BadSignature(ILogger logger, SignatureVerdict verdict);

        [LoggerMessage(LogLevel.Warning, "A signed call to /webhook/github was refused with {Status}.")]
        public static partial void Refused(ILogger logger, int status);

        [LoggerMessage(LogLevel.Warning, "A call to /webhook/github was put off: Webhooks:MaxBytesInFlight are in flight.")]
        public static partial void NoRoom(ILogger logger);

        [LoggerMessage(LogLevel.Debug, "Delivery {DeliveryId}: queued for {Count} syncs.")]
        public static partial void Queued(ILogger logger, string deliveryId, int count);

        [LoggerMessage(LogLevel.Information, "Delivery {DeliveryId}: {Outcome}.")]
        public static partial void Settled(ILogger logger, string deliveryId, string outcome);

        [LoggerMessage(LogLevel.Error, "Delivery {DeliveryId} could not be stored.")]
        public static partial void NotStored(ILogger logger, string deliveryId, Exception error);

        [LoggerMessage(LogLevel.Error, "Delivery {DeliveryId} was answered with 503: GitHub has to send it again. {Reason}")]
        public static partial void NotNow(ILogger logger, string deliveryId, string reason);
    }
}

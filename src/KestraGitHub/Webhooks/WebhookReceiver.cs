using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

/// <summary>
/// One webhook call, from the first byte to the answer. The order is the defence: cap, key, signature, and only then is anything of the call
/// looked at; what is answered with 2xx is stored.
/// </summary>
internal sealed partial class WebhookReceiver(
    Inbox inbox, WebhookRules rules, WebhookSecrets secrets, WebhookDoor door, BodyReader bodies, LargeBodies large, WakeQueue wakes, Aftermath aftermath,
    WebhookMetrics metrics, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookReceiver> logger)
{
    // GitHub hangs up after ten seconds: better to say no before it does.
    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan OwnPatience = TimeSpan.FromSeconds(1);

    public async Task<IResult> ReceiveAsync(SyncKey sync, string key, HttpContext http)
    {
        try
        {
            if (bodies.IsAnnouncedTooLarge(http.Request)) return WebhookAnswers.TooLarge();

            var definition = inbox.Find(sync);
            if (WebhookKey.Match(definition, key) is not { } trigger)
            {
                Log.Unknown(logger);
                return WebhookAnswers.NotFound();
            }

            using var body = await bodies.ReadAsync(http.Request, http.RequestAborted);
            if (body.Outcome == BodyOutcome.Whole) return await TakeAsync(definition!, trigger, body, http);
            if (body.Outcome == BodyOutcome.NoRoom)
            {
                metrics.NoRoom();
                Log.NoRoom(logger, definition!.Key);
            }

            return WebhookAnswers.NotWhole(body.Outcome, http.Response);
        }
#pragma warning disable CA1031 // The boundary of a request: the server's own handling of an exception would write the path, and with it the key.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Bug(logger, e);
            return WebhookAnswers.Failed();
        }
    }

    private async Task<IResult> TakeAsync(Definition definition, WebhookTrigger trigger, Body body, HttpContext http)
    {
        var (parcel, question, refusal) = await large.ReadAsync(body, raw => Check(definition, trigger, raw, http));
        if (parcel is null) return refusal!;

        // What waits for the commit holds no body but the one that is to be stored.
        if (options.Value.KeepBodies) parcel = parcel with { Row = parcel.Row with { Body = body.Keep() } };
        else body.Dispose();
        if (parcel.Run is { PullRequest: null } && await IsOwnAsync(definition, parcel.Row)) parcel = parcel.Ignored(WebhookDecision.Own);
        return await StoreAsync(definition, parcel, question, http.Response);
    }

    private (WebhookParcel? Parcel, Question? Question, IResult? Refusal) Check(Definition definition, WebhookTrigger trigger, ReadOnlyMemory<byte> raw, HttpContext http)
    {
        var admission = door.Check(http, raw.Span, secrets.For(definition));
        if (admission.IsUnproven) Log.BadSignature(logger, definition.Key, admission.Verdict);
        else if (admission.Refusal is { } refusal) Refused(definition, refusal);
        if (admission.Call is not { } authentic) return (null, null, admission.Refusal);

        var call = new WebhookCall(definition, trigger, authentic, raw);
        return call.Open(rules, time.GetUtcNow(), out var fault, out var asked) is { } parcel
            ? (parcel, asked is null ? null : new(asked, call with { Raw = default }), null)
            : (null, null, Refused(definition, WebhookAnswers.BadRequest(fault)));
    }

    /// <summary>Asked only of syncs that push. Unanswered it is no: a run that finds nothing to do harms nobody, a push that is lost does.</summary>
    private async Task<bool> IsOwnAsync(Definition definition, DeliveryRow row)
    {
        if (!definition.WritesToGit || row.After is not { } after || row.Before is not { } before) return false;
        try
        {
            using var timer = new CancellationTokenSource(OwnPatience, time);
            return await inbox.IsOwnAsync(definition.Key, after, before, timer.Token).WaitAsync(timer.Token);
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<IResult> StoreAsync(Definition definition, WebhookParcel parcel, Question? question, HttpResponse response)
    {
        var (sync, deliveryId) = (definition.Key, parcel.Row.DeliveryId);
        Accepted accepted;
        try
        {
            // Not the caller's token: what was taken in is stored even if the caller hangs up, and while the service shuts down.
            using var timer = new CancellationTokenSource(StorePatience, time);
            if (question is { Asked: var (request, repository), Call: var call })
                parcel = call.Again(parcel, (await inbox.ChecksAsync(request, repository, timer.Token).WaitAsync(timer.Token)).GetValueOrDefault(sync));
            await aftermath.PrepareAsync([parcel], timer.Token);
            accepted = await inbox.AcceptAsync(parcel.Row, parcel.Run, timer.Token).WaitAsync(timer.Token);
        }
#pragma warning disable CA1031 // Whatever kept it from being stored, GitHub must hear that it was not.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is StorageUnavailableException) Log.NotNow(logger, sync, deliveryId, e.Message);
            else if (e is OperationCanceledException) Log.NotNow(logger, sync, deliveryId, "The database did not answer in time.");
            else Log.NotStored(logger, sync, deliveryId, e);
            return WebhookAnswers.Unavailable(response);
        }

        await aftermath.FollowAsync([parcel], [accepted]);

        // What leads to a run is told by the run; of the rest there is no other word.
        var started = accepted.Outcome is "queued" or "merged";
        Log.Stored(logger, started ? LogLevel.Debug : LogLevel.Information, sync, deliveryId, accepted.Outcome);
        if (!started) return WebhookAnswers.Settled(accepted.Outcome, accepted.Reason ?? ReasonOf(accepted, parcel), accepted.RunId);

        wakes.Add(sync, parcel.Run!.Delay);
        return WebhookAnswers.Queued(response, deliveryId, accepted.RunId!);
    }

    private static string ReasonOf(Accepted accepted, WebhookParcel parcel) =>
        accepted.Outcome == "duplicate" ? "This delivery came before." : parcel.Reason ?? "Nothing had to be done.";

    private IResult Refused(Definition definition, IResult answer)
    {
        Log.Refused(logger, definition.Key, ((IStatusCodeHttpResult)answer).StatusCode ?? 0);
        return answer;
    }

    private sealed record Question(CheckQuestion Asked, WebhookCall Call);

    // Neither the path nor its parts: the key is among them. A sync is named only after it was found.
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "A webhook call was refused: no such sync, or not its key.")]
        public static partial void Unknown(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "A webhook call for {Sync} was refused: its signature is {Verdict}.")]
        public static partial void BadSignature(ILogger logger, SyncKey sync, SignatureVerdict verdict);

        [LoggerMessage(LogLevel.Warning, "A signed webhook call for {Sync} was refused with {Status}.")]
        public static partial void Refused(ILogger logger, SyncKey sync, int status);

        [LoggerMessage(LogLevel.Warning, "A webhook call for {Sync} was put off: Webhooks:MaxBytesInFlight are in flight.")]
        public static partial void NoRoom(ILogger logger, SyncKey sync);

        [LoggerMessage("Delivery {DeliveryId} for {Sync}: {Outcome}.")]
        public static partial void Stored(ILogger logger, LogLevel level, SyncKey sync, string deliveryId, string outcome);

        [LoggerMessage(LogLevel.Error, "Delivery {DeliveryId} for {Sync} could not be stored.")]
        public static partial void NotStored(ILogger logger, SyncKey sync, string deliveryId, Exception error);

        [LoggerMessage(LogLevel.Error, "Delivery {DeliveryId} for {Sync} was answered with 503: GitHub has to send it again. {Reason}")]
        public static partial void NotNow(ILogger logger, SyncKey sync, string deliveryId, string reason);

        [LoggerMessage(LogLevel.Error, "A webhook call failed in a way that it should not.")]
        public static partial void Bug(ILogger logger, Exception error);
    }
}

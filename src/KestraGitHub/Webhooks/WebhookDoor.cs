using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

/// <summary>What came of a call at the door: the call, or the answer that it gets.</summary>
internal sealed record Admission(AuthenticCall? Call, IResult? Refusal, SignatureVerdict Verdict)
{
    /// <summary>True where it is refused for its signature: nothing of it was looked at.</summary>
    public bool IsUnproven => Refusal is IStatusCodeHttpResult { StatusCode: StatusCodes.Status401Unauthorized };
}

/// <summary>Every call's first checks, in this order: the signature over the raw bytes, then what the headers say.</summary>
internal sealed class WebhookDoor(IOptions<WebhookOptions> options)
{
    /// <param name="known">The secrets that may have signed it.</param>
    public Admission Check(HttpContext http, ReadOnlySpan<byte> raw, IReadOnlyList<byte[]> known)
    {
        var headers = http.Request.Headers;
        var signature = GitHubSignature.Verify(raw, headers[GitHubSignature.Header], known);
        if (signature.Verdict != SignatureVerdict.Right && !IsTakenUnsigned(signature, known))
            return Refuse(signature.Verdict == SignatureVerdict.Missing ? WebhookAnswers.Unsigned() : WebhookAnswers.WronglySigned());

        var media = DeliveryMediaType.Of(headers);
        if (media == DeliveryMedia.Unsupported) return Refuse(WebhookAnswers.UnsupportedMedia(http.Response));
        if (DeliveryHeaders.Event(headers) is not { } @event) return Refuse(WebhookAnswers.BadRequest("The call must name one event in X-GitHub-Event."));
        if (DeliveryHeaders.DeliveryId(headers) is not { } deliveryId)
            return Refuse(WebhookAnswers.BadRequest("The call must name one guid in X-GitHub-Delivery."));
        return new(new AuthenticCall(@event, deliveryId, signature.Secret, media, DeliveryHeaders.Kept(headers)), null, signature.Verdict);

        Admission Refuse(IResult answer) => new(null, answer, signature.Verdict);
    }

    private bool IsTakenUnsigned(SignatureCheck signature, IReadOnlyList<byte[]> known) =>
        options.Value.AllowUnsigned && (signature.Verdict == SignatureVerdict.Missing || known.Count == 0);
}

using System.Text.Json.Serialization;

namespace KestraGitHub.Webhooks;

/// <summary>202: a run will look.</summary>
/// <param name="DeliveryId">GitHub's guid.</param>
public sealed record QueuedAnswer(string Status, string DeliveryId, string RunId);

/// <summary>202 of the app-wide address: runs of these syncs will look.</summary>
/// <param name="DeliveryId">GitHub's guid.</param>
/// <param name="Runs">Of the syncs that this very call started; one that had the guid before is not among them.</param>
/// <param name="RunId">The first of them.</param>
public sealed record FanOutAnswer(string Status, string DeliveryId, IReadOnlyList<SyncRunAnswer> Runs, string RunId);

/// <param name="Sync"><c>tenant/namespace/flow</c>.</param>
public sealed record SyncRunAnswer(string Sync, string RunId);

/// <summary>200: nothing more happens.</summary>
/// <param name="Status"><c>pong</c>, <c>duplicate</c> or <c>ignored</c>.</param>
/// <param name="RunId">Of the first delivery, where this one is its duplicate.</param>
public sealed record SettledAnswer(
    string Status, string? Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RunId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(QueuedAnswer))]
[JsonSerializable(typeof(FanOutAnswer))]
[JsonSerializable(typeof(SettledAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class WebhookJson : JsonSerializerContext;

/// <summary>Every answer a caller can get. The texts are constant but for what an authentic caller sent itself.</summary>
internal static class WebhookAnswers
{
    public static IResult Queued(HttpResponse response, string deliveryId, string runId)
    {
        response.Headers.Location = $"{response.HttpContext.Request.PathBase}/api/v1/runs/{runId}";
        var answer = new QueuedAnswer("queued", deliveryId, runId);
        return TypedResults.Json(answer, WebhookJson.Default.QueuedAnswer, statusCode: StatusCodes.Status202Accepted);
    }

    /// <param name="runs">At least one.</param>
    public static IResult Queued(HttpResponse response, string deliveryId, IReadOnlyList<SyncRunAnswer> runs)
    {
        response.Headers.Location = $"{response.HttpContext.Request.PathBase}/api/v1/runs/{runs[0].RunId}";
        var answer = new FanOutAnswer("queued", deliveryId, runs, runs[0].RunId);
        return TypedResults.Json(answer, WebhookJson.Default.FanOutAnswer, statusCode: StatusCodes.Status202Accepted);
    }

    public static IResult Settled(string status, string? reason, string? runId) =>
        TypedResults.Json(new SettledAnswer(status, reason, runId), WebhookJson.Default.SettledAnswer);

    /// <summary>For every outcome but <see cref="BodyOutcome.Whole"/>.</summary>
    public static IResult NotWhole(BodyOutcome outcome, HttpResponse response) => outcome switch
    {
        BodyOutcome.TooLarge => TooLarge(),
        BodyOutcome.TooSlow => TooSlow(response),
        BodyOutcome.NoRoom => NoRoom(response),
        _ => BadRequest("The body did not come whole."),
    };

    public static IResult BadRequest(string detail) => Problem(StatusCodes.Status400BadRequest, detail);

    public static IResult Unsigned() => Problem(
        StatusCodes.Status401Unauthorized, "The call carries no X-Hub-Signature-256: give GitHub's webhook the secret that this service knows.");

    public static IResult WronglySigned() => Problem(
        StatusCodes.Status401Unauthorized, "The X-Hub-Signature-256 does not fit the body: GitHub's webhook has another secret than this service.");

    // One answer for both: whoever asks may not learn which syncs exist.
    public static IResult NotFound() => Problem(StatusCodes.Status404NotFound, "There is no such sync, or the key is not its key.");

    public static IResult NotAllowed(HttpResponse response)
    {
        response.Headers.Allow = HttpMethods.Post;
        return Problem(StatusCodes.Status405MethodNotAllowed, "Webhooks are posted.");
    }

    public static IResult TooSlow(HttpResponse response)
    {
        response.Headers.Connection = "close";
        return Problem(StatusCodes.Status408RequestTimeout, "The body did not come in time.");
    }

    public static IResult TooLarge() => Problem(StatusCodes.Status413PayloadTooLarge, "The body is larger than this service takes.");

    public static IResult UnsupportedMedia(HttpResponse response)
    {
        response.Headers.AcceptEncoding = "identity";
        return Problem(
            StatusCodes.Status415UnsupportedMediaType,
            "The body must be application/json or application/x-www-form-urlencoded, and not compressed: see the content type of GitHub's webhook.");
    }

    public static IResult Failed() =>
        Problem(StatusCodes.Status500InternalServerError, "Something went wrong here; the log of the service says what.");

    public static IResult Unavailable(HttpResponse response)
    {
        response.Headers.RetryAfter = "30";
        return Problem(StatusCodes.Status503ServiceUnavailable, "The delivery could not be stored. Send it again later.");
    }

    public static IResult NoRoom(HttpResponse response)
    {
        // The bodies that are in the way are gone within Webhooks:BodyTimeout, and mostly within a second or two.
        response.Headers.RetryAfter = "5";
        return Problem(StatusCodes.Status503ServiceUnavailable, "Too many large bodies come at once. Send it again later.");
    }

    private static WebhookProblem Problem(int status, string detail) => new(status, detail);
}

using KestraGitHub.Access;
using KestraGitHub.Definitions;

namespace KestraGitHub.Webhooks;

internal static class WebhookEndpoints
{
    private const string Ours = "/webhook/{tenant}/{namespace}/{flow}/{key}";

    // One for an organisation or an App: whom it concerns is what the payload's repository says.
    private const string AppWide = "/webhook/github";

    // Kestra's own address: moving over is changing a host name.
    private const string Kestras = "/api/v1/{tenant}/executions/webhook/{namespace}/{flow}/{key}";

    public static IEndpointRouteBuilder MapWebhooks(this IEndpointRouteBuilder routes)
    {
        Map(routes, Ours, "Takes a delivery of GitHub's webhook");
        Map(routes, Kestras, "The same, at the address that Kestra has for it");
        MapAppWide(routes);
        MapRest(routes, "/webhook/{**rest}");
        MapRest(routes, "/api/v1/{tenant}/executions/webhook/{**rest}");
        return routes;
    }

    private static void Map(IEndpointRouteBuilder routes, string path, string summary)
    {
        var route = routes.MapPost(path, ReceiveAsync).WithSummary(summary).Produces<QueuedAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound);

        // Past everything that stands between routing and the endpoints: nobody signs in here, and all that costs as much as a tenth of a call.
        route.ShortCircuit();
        Describe(routes, path, route, "202: a run will look. 200: ping, a duplicate, or nothing this sync watches.");
    }

    private static void MapAppWide(IEndpointRouteBuilder routes) =>
        Describe(
            routes, AppWide,
            routes.MapPost(AppWide, ReceiveForAllAsync).WithName("ReceiveForAll").WithSummary("Takes a delivery for every sync that reads its repository")
                .Produces<FanOutAnswer>(StatusCodes.Status202Accepted),
            "It is signed with one of `Webhooks:Secrets`; a definition's own webhookSecrets do not count here. A push goes to every enabled definition with an enabled "
            + "Webhook trigger, one of whose git tasks names the repository, and whose `branches` and `paths` fit; what concerns pull requests, to those with `pullRequests`; the "
            + "button of a check, to the sync that it is of. 202: runs of the named syncs will look. 200: ping, a duplicate, or nothing that a sync watches.");

    // No Accepts(): routing would then refuse a media type before the signature is looked at.
    private static void Describe(IEndpointRouteBuilder routes, string path, RouteHandlerBuilder route, string answers)
    {
        route.WithTags("Webhooks")
            .WithDescription(
                "The body is a GitHub event as JSON or as a form with one field `payload`, at most 25 MiB, with the headers X-GitHub-Event, "
                + $"X-GitHub-Delivery and X-Hub-Signature-256. {answers}")
            .Produces<SettledAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status405MethodNotAllowed)
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .AllowAnonymous()
            .DisableAntiforgery();

        routes.Map(path, NotAllowed).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    /// <summary>A mistyped address names no sync either: to ask for a token would send its author looking in the wrong place.</summary>
    private static void MapRest(IEndpointRouteBuilder routes, string path) =>
        routes.Map(path, WebhookAnswers.NotFound).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> ReceiveAsync(
        string tenant, string @namespace, string flow, string key, HttpContext http, WebhookReceiver receiver, WebhookMetrics metrics)
    {
        SecurityHeaders.Write(http);
        return metrics.Answered(await receiver.ReceiveAsync(new SyncKey(tenant, @namespace, flow), key, http));
    }

    private static async Task<IResult> ReceiveForAllAsync(HttpContext http, FanOutReceiver receiver, WebhookMetrics metrics) =>
        metrics.Answered(await receiver.ReceiveAsync(http));

    private static IResult NotAllowed(HttpResponse response, WebhookMetrics metrics) => metrics.Answered(WebhookAnswers.NotAllowed(response));
}

using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace KestraGitHub.Api;

/// <summary>Spares whoever asks again an answer that did not change: <c>ETag</c> and <c>If-None-Match</c>.</summary>
internal static class ConditionalGet
{
    /// <summary>Tells the document of an endpoint that answers so.</summary>
    internal sealed record Mark;

    public static RouteHandlerBuilder WithETag(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter(AnswerAsync).WithMetadata(new Mark()).Produces(StatusCodes.Status304NotModified);

    private static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        var answer = await CapturedAnswer.OfAsync(context, await next(call));
        if (answer.Status == StatusCodes.Status200OK)
        {
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(answer.Body))[..32]}\"");
            context.Response.Headers.ETag = tag.ToString();
            // It may be kept by the caller alone, and is asked for again each time: what a token may see changes.
            context.Response.Headers.CacheControl = "private, no-cache";
            if (Knows(context.Request, tag))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                context.Response.Headers.ContentType = default;
                return Results.Empty;
            }
        }

        await answer.WriteAsync(context);
        return Results.Empty;
    }

    private static bool Knows(HttpRequest request, EntityTagHeaderValue tag) =>
        EntityTagHeaderValue.TryParseList([.. request.Headers.IfNoneMatch.OfType<string>()], out var known)
        && known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false));
}

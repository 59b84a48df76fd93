using KestraGitHub.Access;
using KestraGitHub.Storage;

namespace KestraGitHub.Api;

/// <summary>
/// Whatever goes wrong on a path for machines is told as a problem (RFC 9457), without a stack and without the framework's empty bodies.
/// </summary>
internal static partial class ApiErrors
{
    public static async Task Handle(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await next(context);
            await ExplainAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e);
        }
    }

    /// <summary>A status without a body: the router's 404, 405 and 415, and what a download says to its conditions.</summary>
    private static Task ExplainAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400) return Task.CompletedTask;
        if (response.StatusCode is StatusCodes.Status412PreconditionFailed or StatusCodes.Status416RangeNotSatisfiable) Forget(response);
        if (response.ContentType is not null || response.ContentLength is not null) return Task.CompletedTask;
        return Problems.WriteAsync(context, response.StatusCode, response.StatusCode switch
        {
            StatusCodes.Status412PreconditionFailed => "What If-Match names is not what there is now.",
            StatusCodes.Status416RangeNotSatisfiable => $"Range begins behind the last byte: {response.Headers.ContentRange}.",
            StatusCodes.Status404NotFound => "There is nothing at this path. The paths are listed in /openapi/v1.json.",
            StatusCodes.Status405MethodNotAllowed => $"This path takes {response.Headers.Allow}.",
            _ => null,
        });
    }

    /// <summary>The headers of the file that is not sent.</summary>
    private static void Forget(HttpResponse response)
    {
        (response.ContentType, response.ContentLength) = (null, null);
        response.Headers.Remove("Content-Disposition");
    }

    private static Task AnswerAsync(HttpContext context, Exception error)
    {
        context.Response.Headers.Remove("Location");
        switch (error)
        {
            case BadHttpRequestException bad:
                var large = bad.StatusCode == StatusCodes.Status413PayloadTooLarge;
                return Problems.WriteAsync(context, bad.StatusCode, large ? "The body is too large." : bad.Message);
            case StorageUnavailableException:
                context.Response.Headers.RetryAfter = "5";
                return Problems.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "The database does not answer. Try again.");
            default:
                var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("KestraGitHub.Api");
                Log.Failed(log, error, context.Request.Method, context.GetEndpoint()?.DisplayName, context.TraceIdentifier);
                return Problems.WriteAsync(
                    context, StatusCodes.Status500InternalServerError,
                    $"This is a fault of the service. Its log says more, under {context.TraceIdentifier}.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Endpoint} failed ({Trace})")]
        public static partial void Failed(ILogger logger, Exception error, string method, string? endpoint, string trace);
    }
}

using KestraGitHub.Access;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Api;

/// <summary>The refusals of the API, in one voice: what is wrong, and what to do.</summary>
internal static class Problems
{
    public static ProblemHttpResult NotFound(string what) =>
        TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: $"There is no such {what}, or it is outside what your token may see.");

    public static ProblemHttpResult Bad(string detail) => TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, detail: detail);

    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, detail: detail);

    public static ProblemHttpResult Broken(SyncKey key, IReadOnlyList<Fault> faults) => TypedResults.Problem(
        statusCode: StatusCodes.Status409Conflict,
        type: ProblemKinds.Named("definition-broken").Address,
        detail: $"The definition of {key} does not load. Mend its faults; nothing of it runs until then.",
        extensions: new Dictionary<string, object?> { ["faults"] = faults });

    public static ProblemHttpResult Named(string name, string detail)
    {
        var kind = ProblemKinds.Named(name);
        return TypedResults.Problem(statusCode: kind.Status, type: kind.Address, detail: detail);
    }

    public static Task WriteAsync(HttpContext context, int status, string? detail)
    {
        context.Response.StatusCode = status;
        return TypedResults.Problem(statusCode: status, detail: Redaction.Clean(detail)).ExecuteAsync(context);
    }
}

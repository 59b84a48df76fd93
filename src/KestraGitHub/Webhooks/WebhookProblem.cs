using KestraGitHub.Access;

namespace KestraGitHub.Webhooks;

/// <summary>Written by hand, so that nothing of the request (a trace id) tells one answer from another: an unknown sync and a wrong key look the same.</summary>
internal sealed class WebhookProblem(int status, string detail) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var kind = ProblemKinds.Of(status)!;
        httpContext.Response.StatusCode = status;
        var answer = new ProblemAnswer(httpContext.Request.PathBase + kind.Address, kind.Title, status, detail);
        return httpContext.Response.WriteAsJsonAsync(answer, WebhookJson.Default.ProblemAnswer, "application/problem+json");
    }
}

internal sealed record ProblemAnswer(string Type, string Title, int Status, string Detail);

using System.Diagnostics;

namespace KestraGitHub.Access;

/// <summary>Writes every problem with the type that leads to its page, whatever the caller says it accepts: the framework's own writer gives up where that is no JSON.</summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        // The one it says, else that of its status.
        var kind = ProblemKinds.All.FirstOrDefault(p => p.Address == problem.Type) ?? ProblemKinds.Of(problem.Status ?? http.Response.StatusCode);
        if (kind is not null) (problem.Type, problem.Title) = (http.Request.PathBase + kind.Address, kind.Title);
        problem.Extensions["traceId"] = Activity.Current?.Id ?? http.TraceIdentifier;
        await http.Response.WriteAsJsonAsync(problem, problem.GetType(), options: null, "application/problem+json");
    }
}

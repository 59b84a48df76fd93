namespace KestraGitHub.Dashboard;

/// <summary>After a form: look there, with a GET, so that reloading does not send the form again. The address is one within the service.</summary>
internal sealed class SeeOther(string location) : IResult
{
    public static IResult To(string location) => new SeeOther(location);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = httpContext.Request.PathBase + location;
        return Task.CompletedTask;
    }
}

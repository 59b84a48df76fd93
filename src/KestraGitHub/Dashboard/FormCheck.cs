using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Dashboard;

/// <summary>A form counts only when it comes from a page of ours that this very person was shown.</summary>
internal sealed class FormCheck(IAntiforgery antiforgery) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await antiforgery.IsRequestValidAsync(context.HttpContext) ? await next(context) : Stale(context.HttpContext);

    /// <summary>The framework's own check would answer with an empty page; this one is the only one, and says what to do.</summary>
    public static RouteHandlerBuilder Guard(RouteHandlerBuilder form) => form.DisableAntiforgery().AddEndpointFilter<FormCheck>();

    private static IResult Stale(HttpContext context) => Page.Fault(
        context, StatusCodes.Status400BadRequest, "The form is too old",
        "You signed in or out since the page was shown, or the service was set up anew. " +
        "Nothing was done: go back, reload the page and press the button again.");
}

using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Dashboard;

/// <summary>A page as the answer to a request.</summary>
internal static class Page
{
    public static IResult Of<T>(PageFrame frame, object? view = null, int status = StatusCodes.Status200OK)
        where T : IComponent
    {
        var parameters = new Dictionary<string, object?> { ["Frame"] = frame };
        if (view is not null) parameters["View"] = view;
        return new RazorComponentResult<T>(parameters) { StatusCode = status };
    }

    /// <param name="instead">A page that may be of use in its place.</param>
    public static IResult Fault(HttpContext context, int status, string title, string cure, (string Href, string Words)? instead = null) =>
        Of<Pages.ErrorPage>(PageFrame.Of(context, title, string.Empty), new ErrorView(status, title, cure) { Instead = instead }, status);

    public static IResult NotFound(HttpContext context, string what, (string Href, string Words)? instead = null) =>
        Fault(context, StatusCodes.Status404NotFound, $"No such {what}", what switch
        {
            "run" => "Ended runs are swept after Data:Retention (90 days unless configured), " +
                "and runs of a schedule that changed nothing are folded into one. " +
                "Or your token does not see it.",
            "sync" => "No definition of that name is loaded: its file may be gone from the folder of definitions, or renamed. " +
                "Or your token does not see it.",
            _ => "The address is wrong, or what it named is gone.",
        }, instead);
}

using KestraGitHub.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <summary>The door: a token in, a cookie out.</summary>
internal static class SignInPages
{
    public static void MapSignInPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", Ask).AllowAnonymous();
        routes.MapGet(Links.SignInByProvider, SendAsync).AllowAnonymous();
        FormCheck.Guard(routes.MapPost("/sign-in", Enter).AllowAnonymous());
        routes.MapGet("/sign-out", (HttpContext context) => Page.Of<Pages.SignOutPage>(PageFrame.Of(context, "Sign out", Links.SignOut)));
        FormCheck.Guard(routes.MapPost("/sign-out", (Delegate)Leave).AllowAnonymous());
    }

    private static IResult Ask(HttpContext context, string? returnUrl, [FromQuery(Name = OpenIdEvents.ProblemKey)] string? problem,
        [FromQuery(Name = AccessRules.EndedKey)] bool? ended) =>
        context.User.Identity is { IsAuthenticated: true }
            ? SeeOther.To(SignIn.LocalUrl(returnUrl))
            : Enum.TryParse<OpenIdProblem>(problem, out var why) && Enum.IsDefined(why)
                ? Door(context, returnUrl, Words(why), why is OpenIdProblem.Unreachable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status401Unauthorized)
                : Door(context, returnUrl, ended == true ? "Your session had ended, and nothing was done. Sign in, and do it again." : null, StatusCodes.Status200OK);

    /// <summary>By a link and not by a form, whose answers the pages' policy lets lead to this service only.</summary>
    private static async Task<IResult> SendAsync(HttpContext context, HttpOptions http, string? returnUrl)
    {
        if (!http.SignIn.OpenId.IsOn) return Page.NotFound(context, "page");
        return await OpenIdEvents.TrySendAsync(context, SignIn.LocalUrl(returnUrl))
            ? Results.Empty
            : Door(context, returnUrl, Words(OpenIdProblem.Unreachable), StatusCodes.Status503ServiceUnavailable);
    }

    private static string Words(OpenIdProblem problem) => problem switch
    {
        OpenIdProblem.Denied => "The provider did not let you in. Try again, or ask whoever runs it.",
        OpenIdProblem.Stale => "That took too long, or it began in another window. Try again.",
        OpenIdProblem.Unreachable => "The provider does not answer. Try again in a moment; a token is taken meanwhile. The service's log says what happened.",
        _ => "The provider's answer was not taken: the service's log says why. Whoever runs the service compares Http:SignIn:OpenId with what the provider has.",
    };

    private static async Task<IResult> Enter(HttpContext context, SignIn door, [FromForm] string? token, [FromForm] string? returnUrl)
    {
        if (string.IsNullOrWhiteSpace(token)) return Door(context, returnUrl, "Type a token.", StatusCodes.Status400BadRequest);
        var (user, wait) = await door.TryAsync(context, token);
        if (wait is { } time)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(time.TotalSeconds).ToString("0", System.Globalization.CultureInfo.InvariantCulture);
            var fault = $"Too many wrong tokens from your address. Try again in {Ago.Duration(time)}.";
            return Door(context, returnUrl, fault, StatusCodes.Status429TooManyRequests);
        }

        return user is null
            ? Door(
                context, returnUrl, "This token is not known. See whether it is whole, and whether it was replaced.",
                StatusCodes.Status401Unauthorized)
            : SeeOther.To(SignIn.LocalUrl(returnUrl));
    }

    private static async Task<IResult> Leave(HttpContext context)
    {
        await SignIn.OutAsync(context);
        return SeeOther.To(Links.SignIn);
    }

    private static IResult Door(HttpContext context, string? returnUrl, string? fault, int status)
    {
        var provider = context.RequestServices.GetRequiredService<HttpOptions>().SignIn.OpenId;
        return Page.Of<Pages.SignInPage>(
            PageFrame.Of(context, "Sign in", Links.SignIn), new SignInView(SignIn.LocalUrl(returnUrl), fault, provider.IsOn ? provider.Label : null), status);
    }
}

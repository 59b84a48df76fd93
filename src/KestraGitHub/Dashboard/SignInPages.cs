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
        FormCheck.Guard(routes.MapPost("/sign-in", Enter).AllowAnonymous());
        routes.MapGet("/sign-out", (HttpContext context) => Page.Of<Pages.SignOutPage>(PageFrame.Of(context, "Sign out", Links.SignOut)));
        FormCheck.Guard(routes.MapPost("/sign-out", (Delegate)Leave).AllowAnonymous());
    }

    private static IResult Ask(HttpContext context, string? returnUrl) =>
        context.User.Identity is { IsAuthenticated: true } 
            ? SeeOther.To(SignIn.LocalUrl(returnUrl))
            : Door(context, returnUrl, null, StatusCodes.Status200OK);

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

    private static IResult Door(HttpContext context, string? returnUrl, string? fault, int status) =>
        Page.Of<Pages.SignInPage>(PageFrame.Of(context, "Sign in", Links.SignIn), new SignInView(SignIn.LocalUrl(returnUrl), fault), status);
}

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace KestraGitHub.Access;

/// <summary>Which proof counts where.</summary>
internal static class AccessRules
{
    /// <summary>The scheme that only chooses between the others.</summary>
    public const string Scheme = "kestra-github";

    /// <summary>Says at the door that what was asked for was not done, as the session had ended.</summary>
    public const string EndedKey = "ended";

    public const string Cookie = CookieAuthenticationDefaults.AuthenticationScheme;

    private static readonly string[] Machines = ["/api", "/metrics", "/openapi", "/webhook", "/health"];

    /// <summary>True for what scripts call: they get status codes and problems, people get pages.</summary>
    public static bool ForMachines(PathString path) => Machines.Any(m => path.StartsWithSegments(m, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// A token in the header wins, then whom a trusted proxy names. A cookie is sent by the browser unasked, so it never writes through the API; the pages' own forms carry an
    /// anti-forgery token instead.
    /// </summary>
    public static string SchemeFor(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0 ? BearerHandler.Name
        : ForMachines(context.Request.Path) && !Reads(context.Request.Method) ? BearerHandler.Name
        : ProxyHandler.Speaks(context, context.RequestServices.GetRequiredService<HttpOptions>()) ? ProxyHandler.Name
        : Cookie;

    public static Task RedirectToSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (ForMachines(context.Request.Path)) return context.HttpContext.ChallengeAsync(BearerHandler.Name);
        // Within the service: the base is put before it again when it is gone to, so that it leads nowhere else.
        var asked = context.Request.Path;
        var reads = Reads(context.Request.Method);
        var back = reads ? asked + context.Request.QueryString : PageOf(asked);
        string?[] told = [reads ? null : $"{EndedKey}=true", back == "/" ? null : "returnUrl=" + Uri.EscapeDataString(back)];
        context.Response.Redirect(context.Request.PathBase + "/sign-in" + (told.Any(t => t is not null) ? "?" + string.Join('&', told.OfType<string>()) : string.Empty));
        return Task.CompletedTask;
    }

    /// <summary>The page whose button leads to <paramref name="form"/>: what is done lies below what it is done to.</summary>
    private static string PageOf(PathString form) => form.Value?.LastIndexOf('/') is > 0 and var end ? form.Value[..end] : "/";

    public static Task RedirectToForbidden(RedirectContext<CookieAuthenticationOptions> context) =>
        ForMachines(context.Request.Path)
            ? context.HttpContext.ForbidAsync(BearerHandler.Name)
            : Refusal.WriteAsync(context.HttpContext, StatusCodes.Status403Forbidden, "Your role does not allow this.");

    /// <summary>Rights are those that the token, or the group, has now, not those it had at sign-in.</summary>
    public static Task Refresh(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = context.Principal is not { } signedIn ? null
            : services.GetRequiredService<TokenBook>().Again(signedIn, Cookie) ?? OpenIdSignIn.Again(signedIn, services.GetRequiredService<HttpOptions>().SignIn);
        if (now is null) context.RejectPrincipal();
        else context.ReplacePrincipal(new(now));
        return Task.CompletedTask;
    }

    private static bool Reads(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
}

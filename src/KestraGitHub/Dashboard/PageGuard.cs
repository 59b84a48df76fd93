using KestraGitHub.Access;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Dashboard;

/// <summary>People get a page with a cure where scripts get a status code.</summary>
internal sealed partial class PageGuard(ILogger<PageGuard> logger) : IStartupFilter
{
    private const string ByGroups = "Whoever runs this service gives a group its rights with Http:SignIn:Groups.";

    /// <summary>Around everything: an address that nothing answers.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            await rest(context);
            if (context.Response is not { HasStarted: false, ContentLength: null, ContentType: null } || !ForPeople(context)) return;
            var page = context.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => Page.NotFound(context, "page"),
                StatusCodes.Status400BadRequest => NotUnderstood(context),
                StatusCodes.Status405MethodNotAllowed => Page.Fault(
                    context, StatusCodes.Status405MethodNotAllowed, "Only a button leads here", "Nothing was done. Go back to the page with the button."),
                _ => null,
            };
            if (page is not null) await page.ExecuteAsync(context);
        });
        next(app);
    };

    /// <summary>Around each page: what goes wrong while it is made.</summary>
    public RequestDelegate Around(RequestDelegate page) => async context =>
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await page(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var headers = context.Response.Headers.ContentSecurityPolicy;
            context.Response.Clear();
            context.Response.Headers.ContentSecurityPolicy = headers;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            await Answer(context, e).ExecuteAsync(context);
        }
    };

    /// <summary>Signed in, but not allowed.</summary>
    public static Task Forbidden(RedirectContext<CookieAuthenticationOptions> context) => Page.Fault(
        context.HttpContext, StatusCodes.Status403Forbidden, "Your role does not allow this", CureOf(context.HttpContext)).ExecuteAsync(context.HttpContext);

    private static string CureOf(HttpContext context)
    {
        var (user, by) = (context.User, context.User.Identity?.AuthenticationType);
        if (!user.IsInRole(Policies.Viewer))
        {
            if (by == ProxyHandler.Name) return "The proxy has signed you in, and you are in none of the groups that may look here. " + ByGroups;
            if (by == OpenIdSignIn.Name)
                return "The provider has signed you in, and you are in none of the groups that may look here. Sign out to come with a token or as somebody else. " + ByGroups;
        }

        var needed = context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().LastOrDefault(a => a.Policy is not null)?.Policy ?? Policies.Viewer;
        var cure = by is ProxyHandler.Name or OpenIdSignIn.Name ? ByGroups : "Sign out, and sign in with a token of that role.";
        return $"This needs the role {needed}; yours is {PageFrame.RoleOf(context) ?? "none of those that may look"}. {cure}";
    }

    private static bool ForPeople(HttpContext context) =>
        !AccessRules.ForMachines(context.Request.Path) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static IResult NotUnderstood(HttpContext context) => Page.Fault(
        context, StatusCodes.Status400BadRequest, "That is not understood", "The form or the address is not one of ours. Go back and try again.");

    private IResult Answer(HttpContext context, Exception e)
    {
        switch (e)
        {
            case BadHttpRequestException:
                return NotUnderstood(context);
            case ArgumentException { ParamName: "cursor" }:
                return Page.Fault(
                    context, StatusCodes.Status400BadRequest, "No such place in the list",
                    "The address was cut or changed. Begin with the newest.");
            case StorageUnavailableException:
                Log.Unavailable(logger, context.Request.Path, e.Message);
                return Page.Fault(
                    context, StatusCodes.Status503ServiceUnavailable, "The database does not answer",
                    "Nothing is lost. Try again in a moment; if it stays like this, look at the service's log and at the space on its disk.");
            default:
                Log.Failed(logger, e, context.Request.Path);
                return Page.Fault(
                    context, StatusCodes.Status500InternalServerError, "Something went wrong here",
                    $"It is not your fault. The service's log has the reason, under {context.TraceIdentifier}. " +
                    "Try again; if it stays, please report it.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The page {Path} failed")]
        public static partial void Failed(ILogger logger, Exception error, string path);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The page {Path} has no database: {Reason}")]
        public static partial void Unavailable(ILogger logger, string path, string reason);
    }
}

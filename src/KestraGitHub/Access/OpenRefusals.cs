using Microsoft.AspNetCore.Authorization;

namespace KestraGitHub.Access;

/// <summary>
/// Lets the router say "405" to a stranger: asking for a token first would tell a webhook's sender the wrong thing, and nothing is given away.
/// </summary>
internal static class OpenRefusals
{
    private const string WrongMethod = "405 HTTP Method Not Supported";

    public static Task Pass(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is { DisplayName: WrongMethod, Metadata.Count: 0 } endpoint)
            context.SetEndpoint(new Endpoint(endpoint.RequestDelegate, new(new AllowAnonymousAttribute()), WrongMethod));
        return next(context);
    }
}

using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Access;

/// <summary>
/// Who a trusted proxy says it is, asked anew with each request. <see cref="BehindProxy"/> has taken the headers off where anybody else sent them. For people:
/// scripts send tokens, and like a cookie it never writes through the API, as a browser sends it unasked.
/// </summary>
internal sealed class ProxyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, HttpOptions http)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Proxy";

    private const int LongestName = 200;

    /// <summary>Whether the proxy has signed somebody in.</summary>
    public static bool Speaks(HttpContext context, HttpOptions http) =>
        http.SignIn.ByProxy && context.Request.Headers[http.SignIn.UserHeader] is [{ } name] && IsName(name);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Speaks(Context, http)) return Task.FromResult(AuthenticateResult.NoResult());
        var name = Request.Headers[http.SignIn.UserHeader].ToString().Trim();
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(AccessIdentity.Of(name, http.SignIn.GroupOf(Told()), Name)), Name)));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Context.ForbidAsync(AccessRules.Cookie);

    // Of two headers one may be the caller's own.
    private string[] Told() =>
        http.SignIn.GroupsHeader.Length > 0 && Request.Headers[http.SignIn.GroupsHeader] is [{ } list] ? list.Split(',', StringSplitOptions.TrimEntries) : [];

    // A comma joins what came as two headers: one of them may be the caller's own.
    private static bool IsName(string name) => !string.IsNullOrWhiteSpace(name) && name.Length <= LongestName && !name.Any(c => c == ',' || char.IsControl(c));
}

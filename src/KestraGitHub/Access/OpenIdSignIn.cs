using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace KestraGitHub.Access;

/// <summary>
/// The door by way of an OpenID Connect provider, which the framework's handler speaks with. What is kept of its answer is the name and those groups that the configuration
/// names, in the same cookie that a token is exchanged for; no token of the provider's is.
/// </summary>
internal static class OpenIdSignIn
{
    public const string Name = "OpenId";

    /// <summary>What the provider sends people back to: to be registered there, after the public address of the service.</summary>
    public const string Callback = "/sign-in/callback";

    private const string GroupClaim = "kestra-github/group";

    /// <summary>Only where a provider is configured: the handler wants to see each request.</summary>
    public static AuthenticationBuilder AddOpenIdSignIn(this AuthenticationBuilder builder, IConfiguration configuration) =>
        string.IsNullOrWhiteSpace(configuration["Http:SignIn:OpenId:Authority"]) ? builder : Add(builder, configuration);

    // Apart, so that its libraries are not loaded by a start without a provider.
    private static AuthenticationBuilder Add(AuthenticationBuilder builder, IConfiguration configuration)
    {
        builder.AddOpenIdConnect(Name, null, _ => { });
        builder.Services.AddOptions<OpenIdConnectOptions>(Name).Configure<HttpOptions>((options, http) => Configure(options, http.SignIn, configuration["Http:PublicUrl"]));
        return builder;
    }

    /// <summary>Whoever came in this way earlier, with the rights that his groups have now; null when he did not, or this way is closed.</summary>
    public static ClaimsIdentity? Again(ClaimsPrincipal signedIn, SignInOptions options) =>
        options.OpenId.IsOn && signedIn is { Identity: { AuthenticationType: Name, Name: { } name } } ? IdentityOf(name, [.. signedIn.FindAll(GroupClaim).Select(c => c.Value)], options) : null;

    /// <summary>Whom the provider's claims name; null where they name nobody.</summary>
    internal static ClaimsIdentity? IdentityOf(ClaimsPrincipal told, SignInOptions options)
    {
        var name = options.OpenId.NameClaims.Select(told.FindFirstValue).FirstOrDefault(n => !string.IsNullOrWhiteSpace(n));
        return name is null ? null : IdentityOf(name.Trim(), [.. told.FindAll(options.OpenId.GroupsClaim).Select(c => c.Value)], options);
    }

    // A cookie has little room, and somebody may be in hundreds of groups: those that the configuration does not name say nothing here.
    private static ClaimsIdentity IdentityOf(string name, IReadOnlyCollection<string> groups, SignInOptions options) => AccessIdentity.Of(
        name, options.GroupOf(groups), Name, groups.Where(g => options.Groups.Any(o => o.Name == g)).Distinct().Select(g => new Claim(GroupClaim, g)));

    private static void Configure(OpenIdConnectOptions options, SignInOptions signIn, string? publicUrl)
    {
        var provider = signIn.OpenId;
        options.Authority = provider.Issuer;
        options.RequireHttpsMetadata = provider.IsSecure;
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret?.Reveal();
        options.CallbackPath = Callback;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // Not the form's: a cookie that comes with a post from elsewhere must be for https, and the door works without.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.NonceCookie.SameSite = options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.BackchannelHttpHandler = provider.Handler();
        options.BackchannelTimeout = TimeSpan.FromSeconds(15);
        options.Scope.Clear();
        foreach (var scope in provider.Scopes.Prepend("openid").Distinct()) options.Scope.Add(scope);
        options.ClaimActions.Clear();
        foreach (var claim in provider.NameClaims.Append(provider.GroupsClaim)) options.ClaimActions.MapJsonKey(claim, claim);
        options.Events = new OpenIdEvents(signIn, publicUrl);
    }
}

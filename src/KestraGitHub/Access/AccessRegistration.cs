using KestraGitHub.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KestraGitHub.Access;

/// <summary>Who may come in. Every route that does not say <c>AllowAnonymous</c> needs at least a viewer, a forgotten one too.</summary>
internal static class AccessRegistration
{
    /// <summary>After <c>AddStorage</c>: the data folder must be this process's own before a token is made in it.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSection<HttpOptions>(configuration, "Http", HttpOptions.Validate);
        services.AddSingleton<IStartupFilter, BehindProxy>();
        services.BindSection<ApiOptions>(configuration, "Api", ApiOptions.Validate);
        services.BindSection<CloneOptions>(configuration, "Clones", CloneOptions.Validate);
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<TokenBook>().AddSingleton<SignInLimiter>().AddSingleton<SignIn>();
        services.AddHostedService<AccessStart>();
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>().AddProblemDetails();
        services.AddAuthentication(AccessRules.Scheme)
            .AddPolicyScheme(AccessRules.Scheme, null, o => o.ForwardDefaultSelector = AccessRules.SchemeFor)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.Name, null)
            .AddScheme<AuthenticationSchemeOptions, ProxyHandler>(ProxyHandler.Name, null)
            .AddCookie(AccessRules.Cookie, Cookie)
            .AddOpenIdSignIn(configuration);
        services.Configure<AuthenticationOptions>(o => o.DefaultSignInScheme = o.DefaultSignOutScheme = AccessRules.Cookie);
        services.AddAuthorization(Authorize);
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "kestra-github-form";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        return services.AddKeys();
    }

    /// <summary>Between routing and the endpoints: headers, who it is, what he may, and the check of the pages' forms.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        app.Use(SecurityHeaders.Set);
        app.Use(OpenRefusals.Pass);
        app.UseAuthentication();
        app.Use(AuditTrail.Record);
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    private static void Cookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "kestra-github";
        options.Cookie.HttpOnly = true;
        // Lax, not strict: a link to a run in a chat or a commit status must find the reader signed in. No GET of ours changes anything.
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.SlidingExpiration = true;
        options.LoginPath = "/sign-in";
        options.Events.OnRedirectToLogin = AccessRules.RedirectToSignIn;
        options.Events.OnRedirectToAccessDenied = AccessRules.RedirectToForbidden;
        options.Events.OnValidatePrincipal = AccessRules.Refresh;
    }

    private static void Authorize(AuthorizationOptions options)
    {
        foreach (var policy in (string[])[Policies.Cloner, Policies.Viewer, Policies.Operator, Policies.Admin]) options.AddPolicy(policy, p => p.RequireRole(policy));
        options.DefaultPolicy = options.FallbackPolicy = options.GetPolicy(Policies.Viewer)!;
    }

    private static IServiceCollection AddKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("kestra-github");
        // It warns that the keys are not encrypted; what keeps them is the folder, which is its owner's alone.
        services.AddLogging(l => l.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
        services.AddSingleton<KeyFolder>();
        services.AddOptions<KeyManagementOptions>().Configure<KeyFolder>((o, folder) => o.XmlRepository = folder);
        return services;
    }
}

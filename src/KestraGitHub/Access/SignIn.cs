using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace KestraGitHub.Access;

/// <summary>How far a try to sign in got.</summary>
/// <param name="User">Who came in, or null.</param>
/// <param name="RetryAfter">Set when there were too many wrong tries: how long this address has to wait.</param>
public sealed record SignInResult(ClaimsPrincipal? User, TimeSpan? RetryAfter);

/// <summary>The dashboard's door: a token for a cookie.</summary>
internal sealed class SignIn(TokenBook tokens, SignInLimiter limiter)
{
    /// <summary>Whoever holds <paramref name="token"/> and may look at pages, or null. Counts nothing: a page calls <see cref="TryAsync"/>.</summary>
    public ClaimsPrincipal? Verify(string token) =>
        tokens.Find(token.Trim(), CookieAuthenticationDefaults.AuthenticationScheme) is { } identity
            && identity.HasClaim(ClaimTypes.Role, Policies.Viewer) ? new(identity) : null;

    /// <summary>Verifies, sets the cookie where the token is right, and counts the wrong tries of this address.</summary>
    public async Task<SignInResult> TryAsync(HttpContext context, string? token)
    {
        if (limiter.Blocked(context.Connection.RemoteIpAddress) is { } wait) return new(null, wait);
        if (Verify(token ?? string.Empty) is not { } user)
        {
            limiter.CountWrong(context.Connection.RemoteIpAddress);
            return new(null, null);
        }
        await context.SignInAsync(user);
        return new(user, null);
    }

    public static Task OutAsync(HttpContext context) => context.SignOutAsync();

    /// <summary>Where to go after signing in: only to a path of this service, else to the first page.</summary>
    public static string LocalUrl(string? returnUrl) =>
        returnUrl is ['/', ..] && !returnUrl.StartsWith("//", StringComparison.Ordinal) && !returnUrl.StartsWith("/\\", StringComparison.Ordinal)
            && !returnUrl.Any(char.IsControl) ? returnUrl : "/";
}

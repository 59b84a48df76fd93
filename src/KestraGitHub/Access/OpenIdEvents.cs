using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace KestraGitHub.Access;

/// <summary>What is ours on the way to the provider and back.</summary>
internal sealed partial class OpenIdEvents(SignInOptions options, string? publicUrl) : OpenIdConnectEvents
{
    /// <summary>Whoever stands at the door again is told why: <c>?problem=</c> and one of <see cref="OpenIdProblem"/>.</summary>
    public const string ProblemKey = "problem";

    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        // The address that people open, where it is known: behind a proxy that tells nothing of itself the request has another one.
        if (!string.IsNullOrWhiteSpace(publicUrl)) context.ProtocolMessage.RedirectUri = publicUrl.TrimEnd('/') + OpenIdSignIn.Callback;
        return Task.CompletedTask;
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        // The framework takes an unsigned one where it comes from the provider itself, as the standard allows for who asked for such; we never do.
        if (context.SecurityToken.Header.Alg == SecurityAlgorithms.None) context.Fail("The ID token is not signed.");
        return Task.CompletedTask;
    }

    public override Task TicketReceived(TicketReceivedContext context)
    {
        if (OpenIdSignIn.IdentityOf(context.Principal!, options) is not { } identity)
        {
            // Failing it would not stop the framework here, which signs in whom it has.
            Log.Failed(Logger(context.HttpContext), options.OpenId.Authority, $"none of the claims {string.Join(", ", options.OpenId.NameClaims)} was told");
            Back(context.HttpContext, OpenIdProblem.Refused, context.ReturnUri);
            context.HandleResponse();
            return Task.CompletedTask;
        }

        context.Principal = new(identity);
        // Not renewed by use: when it ends the provider is asked again, who may know by then that somebody has left.
        var now = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        context.Properties = new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now + options.OpenId.Session, AllowRefresh = false };
        return Task.CompletedTask;
    }

    public override Task AccessDenied(AccessDeniedContext context)
    {
        Back(context.HttpContext, OpenIdProblem.Denied, context.ReturnUrl);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    public override Task RemoteFailure(RemoteFailureContext context)
    {
        var failure = context.Failure ?? new AuthenticationFailureException("no reason was told");
        Log.Failed(Logger(context.HttpContext), options.OpenId.Authority, Reason(failure));
        Back(context.HttpContext, failure switch
        {
            // The state cannot be read, or the cookie that belongs to it is gone; the handler tells it by these words only.
            { Message: "Correlation failed." or "Unable to unprotect the message.State." } => OpenIdProblem.Stale,
            _ when Unreachable(failure) => OpenIdProblem.Unreachable,
            _ => OpenIdProblem.Refused,
        }, context.Properties?.RedirectUri);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <summary>Sends the caller to the provider.</summary>
    /// <returns>False when the provider could not be asked where that is; nothing was written then.</returns>
    public static async Task<bool> TrySendAsync(HttpContext context, string returnUrl)
    {
        try
        {
            await context.ChallengeAsync(OpenIdSignIn.Name, new() { RedirectUri = context.Request.PathBase + returnUrl });
            return true;
        }
        catch (Exception e) when (Unreachable(e))
        {
            Log.Failed(Logger(context), context.RequestServices.GetRequiredService<HttpOptions>().SignIn.OpenId.Authority, Reason(e));
            return false;
        }
    }

    /// <param name="wish">Where he wanted to go, with our base before it.</param>
    private static void Back(HttpContext context, OpenIdProblem problem, string? wish)
    {
        var path = wish is not null && context.Request.PathBase.Value is { Length: > 0 } start && wish.StartsWith(start, StringComparison.Ordinal) ? wish[start.Length..] : wish;
        var back = path is null or "" or "/" ? string.Empty : "&returnUrl=" + Uri.EscapeDataString(path);
        context.Response.Redirect($"{context.Request.PathBase}/sign-in?{ProblemKey}={problem}{back}");
    }

    // The discovery document that cannot be had is told as one of these, with what happened inside.
    private static bool Unreachable(Exception e) => e is HttpRequestException or IOException or TimeoutException or TaskCanceledException || (e is InvalidOperationException && e.InnerException is not null);

    private static string Reason(Exception e) => e.InnerException is { } inner && inner.Message != e.Message ? $"{e.Message} {Reason(inner)}" : e.Message;

    private static ILogger Logger(HttpContext context) => context.RequestServices.GetRequiredService<ILogger<OpenIdEvents>>();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody was signed in by {Provider}: {Reason}")]
        public static partial void Failed(ILogger logger, string provider, string reason);
    }
}

/// <summary>Why somebody who went to the provider was not signed in.</summary>
public enum OpenIdProblem
{
    /// <summary>The provider, or he himself, said no.</summary>
    Denied,

    /// <summary>It took too long, or it began in another browser.</summary>
    Stale,

    /// <summary>The provider does not answer.</summary>
    Unreachable,

    /// <summary>What the provider answered is wrong: the log says in what.</summary>
    Refused,
}

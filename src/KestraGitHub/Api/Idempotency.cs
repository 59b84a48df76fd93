using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Access;
using KestraGitHub.Storage;

namespace KestraGitHub.Api;

/// <summary>
/// <c>Idempotency-Key</c> on every POST: a caller that lost the answer sends the same again and gets the first answer, without anything being done twice.
/// A key is the caller's own, for 24 hours.
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    private const string Replayed = "Idempotency-Replayed";
    private const int LongestKey = 255;

    public static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var (context, request) = (call.HttpContext, call.HttpContext.Request);
        if (!HttpMethods.IsPost(request.Method) || request.Headers[Header].Count == 0) return await next(call);
        if (request.Headers[Header] is not [{ Length: > 0 and <= LongestKey } key] || key.Any(c => c is < '!' or > '~'))
            return Problems.Bad($"{Header} must be one text of 1 to {LongestKey} visible ASCII characters, such as a UUID.");

        var store = context.RequestServices.GetRequiredService<IdempotencyStore>();
        var name = new IdempotencyName(CallerOf(context.User), key);
        var claim = await store.ClaimAsync(name, await DigestAsync(request, context.RequestAborted), context.RequestAborted);
        switch (claim.Outcome)
        {
            case IdempotencyOutcome.Other:
                return Problems.Named("key-reused", $"This {Header} was used for another request. Make a new key for each new request.");
            case IdempotencyOutcome.Busy:
                context.Response.Headers.RetryAfter = "1";
                return Problems.Named("key-in-use", $"The first request with this {Header} has not been answered yet. Send it again in a second.");
            case IdempotencyOutcome.Known:
                context.Response.Headers[Replayed] = "true";
                AuditTrail.LeaveOut(context);
                var first = claim.Answer!;
                await new CapturedAnswer(first.Status, first.ContentType, first.Location, Encoding.UTF8.GetBytes(first.Body)).WriteAsync(context);
                return Results.Empty;
        }

        return await FirstAsync(call, next, store, name);
    }

    /// <summary>Two tokens may have one name.</summary>
    private static string CallerOf(ClaimsPrincipal user) =>
        user.FindFirstValue(TokenBook.FingerprintClaim) ?? $"{user.Identity?.AuthenticationType} {user.Identity?.Name}";

    /// <summary>Once it is begun it is carried through and its answer kept, whether or not the caller still listens. A fault frees the key.</summary>
    private static async Task<object?> FirstAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next, IdempotencyStore store, IdempotencyName name)
    {
        CapturedAnswer answer;
        try
        {
            answer = await CapturedAnswer.OfAsync(call.HttpContext, await next(call));
        }
        catch
        {
            await store.ForgetAsync(name, CancellationToken.None);
            throw;
        }

        if (answer.Status >= StatusCodes.Status500InternalServerError) await store.ForgetAsync(name, CancellationToken.None);
        else await store.KeepAsync(name, new(answer.Status, answer.ContentType, answer.Location, Encoding.UTF8.GetString(answer.Body)), CancellationToken.None);
        await answer.WriteAsync(call.HttpContext);
        return Results.Empty;
    }

    /// <summary>Of what makes a request this one: its method, address and body.</summary>
    private static async Task<string> DigestAsync(HttpRequest request, CancellationToken ct)
    {
        request.EnableBuffering(JsonBody.MostBytes);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        var buffer = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(buffer, ct)) > 0;) digest.AppendData(buffer.AsSpan(0, read));
        request.Body.Position = 0;
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}

using System.Net;
using System.Text;
using System.Text.Json;

namespace KestraGitHub.Kestra;

/// <summary>An answer that is no success, turned into what it means. Two shapes of error, and whatever a proxy writes (kestra-api.md 2.6).</summary>
internal static class KestraErrors
{
    private const int LongestBody = 64 * 1024;

    /// <param name="veil">Strikes out our credentials: a talkative proxy says back what it was sent.</param>
    public static async Task<KestraException> OfAsync(
        KestraRequest request, string path, HttpResponseMessage response, Func<string, string> veil, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400) return Redirect(request, path, response, veil);
        var body = await BodyAsync(response, ct);
        var html = LooksLikeHtml(response, body);
        var reason = html ? "a page of HTML came; a proxy or a sign-in page may stand before Kestra" : Reason(body);
        if (status == 407) reason = "the proxy wants a user and password: write them into Kestra:Proxy";
        if (reason.Length == 0) reason = Plain(status, response.ReasonPhrase);
        reason = veil(reason);
        var kind = Kind(response, html, reason);
        if (kind == KestraFailureKind.RouteMissing && !html)
            reason = $"this server does not know the address ({reason}); is the URL right, and the version?";
        return new KestraException(kind, request.Method.Method, path, status, reason, RetryAfter(response));
    }

    private static KestraFailureKind Kind(HttpResponseMessage response, bool html, string reason) => (int)response.StatusCode switch
    {
        401 or 407 => KestraFailureKind.Auth,
        403 => KestraFailureKind.Forbidden,
        // A proxy's own 404 says nothing about an object; from 2.0 the server itself says which of the two it is.
        404 when html || Header(response, "X-Kestra-Route-Matched") == "false" => KestraFailureKind.RouteMissing,
        404 or 410 => KestraFailureKind.NotFound,
        405 or 406 or 415 or 501 => KestraFailureKind.RouteMissing,
        // 1.3 says 422 where 2.0 says 409 [flow.life].
        422 when reason.Contains("already exists", StringComparison.OrdinalIgnoreCase) => KestraFailureKind.Conflict,
        409 or 412 or 423 => KestraFailureKind.Conflict,
        413 or 414 or 431 => KestraFailureKind.TooLarge,
        429 => KestraFailureKind.RateLimited,
        408 or 504 => KestraFailureKind.Timeout,
        502 or 503 => KestraFailureKind.Unavailable,
        >= 500 => KestraFailureKind.Internal,
        _ => KestraFailureKind.Invalid,
    };

    private static KestraException Redirect(KestraRequest request, string path, HttpResponseMessage response, Func<string, string> veil)
    {
        // Only where to, never with what: the query of a sign-in redirect holds tokens.
        var to = response.Headers.Location is { IsAbsoluteUri: true } uri ? uri.GetLeftPart(UriPartial.Path)
            : response.Headers.Location?.OriginalString.Split('?')[0] ?? "nowhere";
        return new KestraException(
            KestraFailureKind.Unreadable, request.Method.Method, path, (int)response.StatusCode,
            $"the server redirects to {veil(to)}. Redirects are not followed; write the final address into the configuration");
    }

    private static string Reason(string body)
    {
        if (body.Length == 0 || body[0] != '{') return body;
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            var main = Text(root, "detail") ?? Text(root, "message") ?? Text(root, "title");
            if (main is null) return body;
            if (!root.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Array) return main;
            var more = errors.EnumerateArray().Take(5).Select(e => $"{Text(e, "path")} {Text(e, "detail")}".Trim()).Where(t => t.Length > 0);
            return string.Join("; ", more.Prepend(main));
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            var buffer = new byte[LongestBody];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
            return Encoding.UTF8.GetString(buffer, 0, length).Trim();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            return ""; // The status alone has to do.
        }
    }

    private static bool LooksLikeHtml(HttpResponseMessage response, string body) =>
        response.Content.Headers.ContentType?.MediaType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true
        || body.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || body.StartsWith("<html", StringComparison.OrdinalIgnoreCase);

    private static string Plain(int status, string? phrase) => status switch
    {
        401 => "the credentials are missing or wrong", // its body is empty [auth.families]
        403 => "the credentials may not do this",
        404 => "not found",
        _ => string.IsNullOrEmpty(phrase) ? ((HttpStatusCode)status).ToString() : phrase,
    };

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when response.Headers.Date is { } now => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };
}

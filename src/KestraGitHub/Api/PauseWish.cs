using System.Text.Json;
using System.Text.Json.Serialization;

namespace KestraGitHub.Api;

/// <summary>The body of a request to suspend. All of it may be left out.</summary>
/// <param name="Reason">For whoever wonders; at most 500 characters.</param>
/// <param name="Until">When it ends by itself.</param>
public sealed record PauseWish(string? Reason = null, DateTimeOffset? Until = null)
{
    internal const int MostBytes = 16 * 1024;
    private const int LongestReason = 500;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <exception cref="BadHttpRequestException">The body is none; the message says why.</exception>
    internal static async Task<PauseWish> ReadAsync(HttpRequest request, DateTimeOffset now, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        if (body.Length == 0) return new();
        if (!request.HasJsonContentType())
            throw new BadHttpRequestException("The body must be JSON: send it with Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            var wish = JsonSerializer.Deserialize<PauseWish>(body.GetBuffer().AsSpan(0, (int)body.Length), Strict) ?? new();
            if (wish.Until <= now) throw new BadHttpRequestException("until has passed already.");
            return wish.Reason?.Length > LongestReason ? throw new BadHttpRequestException($"reason has more than {LongestReason} characters.") : wish;
        }
        catch (JsonException)
        {
            throw new BadHttpRequestException("The body must be an object such as {\"reason\": \"month end\", \"until\": \"2026-12-01T06:00:00Z\"}.");
        }
    }
}

using System.Globalization;

namespace KestraGitHub.Api;

/// <summary>The body of a request to suspend. All of it may be left out.</summary>
/// <param name="Reason">For whoever wonders; at most 500 characters.</param>
/// <param name="Until">When it ends by itself.</param>
public sealed record PauseWish(string? Reason = null, DateTimeOffset? Until = null)
{
    internal const string Example = "{\"reason\": \"month end\", \"until\": \"2026-12-01T06:00:00Z\"}";
    private const int LongestReason = 500;

    /// <exception cref="BadHttpRequestException">The body is none; the message says why.</exception>
    internal static async Task<PauseWish> ReadAsync(HttpRequest request, DateTimeOffset now, CancellationToken ct)
    {
        var texts = await JsonBody.TextsAsync(request, ["reason", "until"], ct);
        var reason = texts.GetValueOrDefault("reason");
        if (reason?.Length > LongestReason) throw new BadHttpRequestException($"reason has more than {LongestReason} characters.");
        if (!texts.TryGetValue("until", out var text)) return new PauseWish(reason);
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)) throw new BadHttpRequestException($"until must be a time, as in {Example}.");
        return until > now ? new PauseWish(reason, until) : throw new BadHttpRequestException("until has passed already.");
    }
}

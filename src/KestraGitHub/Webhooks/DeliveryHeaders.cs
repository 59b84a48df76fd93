using System.Buffers;

namespace KestraGitHub.Webhooks;

/// <summary>What GitHub says beside the body. None of it is signed.</summary>
internal static class DeliveryHeaders
{
    private const int LongestEvent = 64;
    private const int LongestValue = 256;
    private const int MostKept = 32;

    private static readonly SearchValues<string> NeverKept =
        SearchValues.Create(["signature", "secret", "token", "auth", "cookie", "password", "key"], StringComparison.OrdinalIgnoreCase);

    /// <summary>The event's name; null unless there is exactly one, spelled as GitHub spells them.</summary>
    public static string? Event(IHeaderDictionary headers)
    {
        var values = headers["X-GitHub-Event"];
        return values is [{ Length: > 0 and <= LongestEvent } name] && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? name : null;
    }

    /// <summary>The delivery's guid, in lower case so that one guid is one text; null unless there is exactly one.</summary>
    public static string? DeliveryId(IHeaderDictionary headers) =>
        headers["X-GitHub-Delivery"] is [{ } text] && Guid.TryParseExact(text, "D", out var guid) ? guid.ToString("D") : null;

    /// <summary>The headers that are stored: GitHub's own, by lower-case name, without anything that is or looks like a secret.</summary>
    public static IReadOnlyDictionary<string, string> Kept(IHeaderDictionary headers)
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (header, values) in headers)
        {
            if (kept.Count < MostKept && IsKept(header)) kept[PlainText.Of(header.ToLowerInvariant(), LongestValue)!] = PlainText.Of(values.ToString(), LongestValue)!;
        }

        return kept;
    }

    private static bool IsKept(string name) =>
        name.Equals("content-type", StringComparison.OrdinalIgnoreCase) || name.Equals("user-agent", StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("x-github-", StringComparison.OrdinalIgnoreCase) && !name.AsSpan().ContainsAny(NeverKept));
}

using System.Globalization;
using System.Text.Json;

namespace KestraGitHub.Webhooks;

/// <summary>Takes from a delivery the values that a definition's expressions name, and only those: they are kept with the run.</summary>
internal static class PayloadValues
{
    // A run's row is no place for a whole payload.
    private const int LongestValue = 16 * 1024;

    /// <summary>JSON texts by path, e.g. <c>body.commits[0].id</c>, <c>headers.x-github-event</c>, without what is missing or too large.</summary>
    public static IReadOnlyDictionary<string, string> Of(
        IReadOnlyList<string> paths, JsonElement body, IReadOnlyDictionary<string, string> headers)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (Find(path, body, headers) is { Length: <= LongestValue } value) values[path] = value;
        }

        return values;
    }

    private static string? Find(string path, JsonElement body, IReadOnlyDictionary<string, string> headers)
    {
        if (Segments(path) is not [var root, .. var rest]) return null;
        if (root == "headers" && rest is [var name])
            return headers.TryGetValue(name.ToLowerInvariant(), out var value) ? JsonSerializer.Serialize(value) : null;
        if (root != "body") return null;

        JsonElement? at = body;
        foreach (var segment in rest)
        {
            if (at is not { } element) return null;
            at = element.ValueKind == JsonValueKind.Array ? Item(element, segment) : element.Member(segment);
        }

        return at?.GetRawText();
    }

    private static JsonElement? Item(JsonElement list, string segment) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.GetArrayLength() ? list[index] : null;

    /// <summary><c>a.b[0]['c']</c> → a, b, 0, c; null when it is not spelled so.</summary>
    private static List<string>? Segments(string path)
    {
        var segments = new List<string>();
        for (var rest = path.AsSpan(); !rest.IsEmpty;)
        {
            if (rest[0] == '[')
            {
                var end = rest.IndexOf(']');
                if (end < 0) return null;
                segments.Add(rest[1..end].Trim().Trim("'\"").ToString());
                rest = rest[(end + 1)..];
                continue;
            }

            if (rest[0] == '.') rest = rest[1..];
            var length = rest.IndexOfAny('.', '[');
            if (length < 0) length = rest.Length;
            if (length == 0) return null;
            segments.Add(rest[..length].ToString());
            rest = rest[length..];
        }

        return segments;
    }
}

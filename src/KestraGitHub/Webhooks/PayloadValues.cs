using System.Text.Json;
using KestraGitHub.Definitions;

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
            var found = PayloadPath.HeaderName(path) is { } name
                ? headers.TryGetValue(name, out var header) ? JsonSerializer.Serialize(header) : null
                : PayloadPath.Find(body, path);
            if (found is { Length: <= LongestValue }) values[path] = found;
        }

        return values;
    }
}

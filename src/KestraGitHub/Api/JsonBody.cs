using System.Text.Json;

namespace KestraGitHub.Api;

/// <summary>A body that may be left out, read by hand so that what is wrong with it is said.</summary>
internal static class JsonBody
{
    public const int MostBytes = 64 * 1024;

    /// <summary>The members of the body's object; none when it is empty or null.</summary>
    /// <exception cref="BadHttpRequestException">The body is none; the message says why.</exception>
    public static async Task<IReadOnlyList<(string Name, JsonElement Value)>> MembersAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        if (body.Length == 0) return [];
        // An empty body may call itself what it likes (curl -d '' says it is a form).
        if (!request.HasJsonContentType())
            throw new BadHttpRequestException(
                "The body must be JSON: send it with Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            using var json = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
            return json.RootElement.ValueKind switch
            {
                JsonValueKind.Null => [],
                JsonValueKind.Object => [.. json.RootElement.EnumerateObject().Select(m => (m.Name, m.Value.Clone()))],
                _ => throw new BadHttpRequestException($"The body must be an object such as {ExampleOf(request)}."),
            };
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException($"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    /// <summary>What such a body looks like, for whoever sent something else: the example of the endpoint's document.</summary>
    public static string ExampleOf(HttpRequest request) => request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<OpenApiBody>()?.Example ?? "{}";

    /// <summary>The texts of a body that knows only texts.</summary>
    /// <exception cref="BadHttpRequestException">A member is unknown, or no text.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> TextsAsync(HttpRequest request, string[] known, CancellationToken ct)
    {
        var (texts, faults) = (new Dictionary<string, string>(), new List<string>());
        foreach (var (name, value) in await MembersAsync(request, ct))
        {
            if (!known.Contains(name)) faults.Add($"{JsonEncodedText.Encode(name)} is unknown; known are {string.Join(", ", known)}.");
            else if (value.ValueKind == JsonValueKind.String) texts[name] = value.GetString()!;
            else if (value.ValueKind != JsonValueKind.Null) faults.Add($"{name} must be a text.");
        }

        return faults.Count == 0 ? texts : throw new BadHttpRequestException(string.Join(' ', faults));
    }
}

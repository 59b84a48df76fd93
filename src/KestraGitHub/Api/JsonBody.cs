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
            CheckTexts(body.GetBuffer().AsSpan(0, (int)body.Length));
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

    /// <summary>JSON may spell texts that are none: half a surrogate pair, bytes that are no UTF-8, and NUL, which no database keeps.</summary>
    private static void CheckTexts(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && !IsText(ref reader))
                throw new BadHttpRequestException($"The body has a text that is no Unicode text: the one that begins at byte {reader.TokenStartIndex + 1}.");
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            return !reader.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
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

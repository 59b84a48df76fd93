using System.Text.Json;

namespace KestraGitHub.Api;

/// <summary>The body of a request for a run. All of it may be left out.</summary>
/// <param name="DryRun">Plan only.</param>
/// <param name="Revision">A commit, branch or tag to read instead of the task's own branch.</param>
public sealed record RunWish(bool? DryRun = null, string? Revision = null)
{
    internal const int MostBytes = 64 * 1024;

    /// <exception cref="BadHttpRequestException">The body is none; the message says why.</exception>
    internal static async Task<RunWish> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        if (body.Length == 0) return new();
        // An empty body may call itself what it likes (curl -d '' says it is a form).
        if (!request.HasJsonContentType())
            throw new BadHttpRequestException(
                "The body must be JSON: send it with Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            using var json = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
            return From(json.RootElement);
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException($"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    private static RunWish From(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null) return new();
        if (json.ValueKind != JsonValueKind.Object) throw new BadHttpRequestException("The body must be an object such as {\"dryRun\": true}.");
        var faults = new List<string>();
        var wish = new RunWish();
        foreach (var member in json.EnumerateObject())
            switch (member.Name, member.Value.ValueKind)
            {
                case ("dryRun", JsonValueKind.True or JsonValueKind.False): wish = wish with { DryRun = member.Value.GetBoolean() }; break;
                case ("revision", JsonValueKind.String): wish = wish with { Revision = member.Value.GetString() }; break;
                case ("dryRun" or "revision", JsonValueKind.Null): break;
                case ("dryRun", _): faults.Add("dryRun must be true or false."); break;
                case ("revision", _): faults.Add("revision must be a text."); break;
                default: faults.Add($"{JsonEncodedText.Encode(member.Name)} is unknown; known are dryRun and revision."); break;
            }
        return faults.Count == 0 ? wish : throw new BadHttpRequestException(string.Join(' ', faults));
    }
}

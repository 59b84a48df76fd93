using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KestraGitHub.IntegrationTests.StandIns;

/// <summary>Brings an answer into the form in which the recordings keep theirs.</summary>
internal static partial class RecordedAnswer
{
    private const int Big = 20_000;

    private static readonly string[] Kept = ["content-type", "content-disposition", "www-authenticate", "location", "retry-after", "etag", "allow"];

    public static JsonObject Reduce(HttpResponseMessage response, byte[] body, Uri baseUrl, bool countOnly)
    {
        string Scrub(string s) => Credentials().Replace(
            s.Replace(baseUrl.GetLeftPart(UriPartial.Authority), "{base}", StringComparison.Ordinal).Replace(baseUrl.Authority, "{host}", StringComparison.Ordinal), "Basic {credentials}");

        var headers = new JsonObject();
        foreach (var (name, values) in All(response.Headers).Concat(All(response.Content.Headers)))
        {
            var lower = name.ToLowerInvariant();
            if (Kept.Contains(lower) || lower.StartsWith("x-kestra-", StringComparison.Ordinal))
            {
                headers[lower] = Scrub(values);
            }
        }

        var result = new JsonObject { ["status"] = (int)response.StatusCode, ["headers"] = headers };
        var type = ((string?)headers["content-type"])?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        if (body.AsSpan().StartsWith("PK\u0003\u0004"u8) || body.AsSpan().StartsWith("PK\u0005\u0006"u8))
        {
            result["zip"] = Zip(body, countOnly);
        }
        else if (type.EndsWith("json", StringComparison.Ordinal) && Json(body, countOnly, Scrub, out var json))
        {
            result["json"] = json;
        }
        else if (body.Length > Big)
        {
            result["digest"] = Digest(body);
        }
        else if (Text(body) is { } text)
        {
            result["text"] = Scrub(text);
        }
        else
        {
            result["bodyBase64"] = Convert.ToBase64String(body);
        }

        return result;
    }

    private static IEnumerable<(string Name, string Values)> All(HttpHeaders headers) => headers.NonValidated.Select(h => (h.Key, h.Value.ToString()));

    private static bool Json(byte[] body, bool countOnly, Func<string, string> scrub, out JsonNode? json)
    {
        json = null;
        try
        {
            json = JsonNode.Parse(scrub(Encoding.UTF8.GetString(body)));
        }
        catch (JsonException)
        {
            return false;
        }

        json = countOnly
            ? json switch
            {
                JsonArray list => new JsonObject { ["$count"] = list.Count },
                JsonObject o => new JsonObject(o.Where(p => p.Value is not (JsonObject or JsonArray)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))),
                _ => json,
            }
            : Shrink(json);
        return true;
    }

    private static JsonNode? Shrink(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Shrink(p.Value)))),
        JsonArray a => new JsonArray(a.Select(Shrink).ToArray()),
        JsonValue v when v.TryGetValue(out string? s) && s.EnumerateRunes().Count() > Big => Digest(Encoding.UTF8.GetBytes(s)),
        _ => node?.DeepClone(),
    };

    private static JsonObject Zip(byte[] body, bool countOnly)
    {
        using var archive = new ZipArchive(new MemoryStream(body));
        var entries = archive.Entries.Select(e =>
        {
            using var stream = e.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return (Name: e.FullName, Content: content.ToArray());
        }).ToList();
        if (countOnly)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (name, content) in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
            {
                hash.AppendData([.. Encoding.UTF8.GetBytes(name), 0, .. content, 0]);
            }

            return new JsonObject { ["count"] = entries.Count, ["sha256"] = Convert.ToHexStringLower(hash.GetHashAndReset()) };
        }

        return new JsonObject
        {
            ["entries"] = new JsonArray(entries.Select(e =>
            {
                var entry = e.Content.Length > Big ? Digest(e.Content)
                    : Text(e.Content) is { } text ? new JsonObject { ["text"] = text } : new JsonObject { ["base64"] = Convert.ToBase64String(e.Content) };
                entry["name"] = e.Name;
                return (JsonNode?)entry;
            }).ToArray()),
        };
    }

    private static JsonObject Digest(byte[] bytes) => new() { ["$sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)), ["$length"] = bytes.Length };

    private static string? Text(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex("Basic [A-Za-z0-9+/]{8,}={0,2}")]
    private static partial Regex Credentials();
}

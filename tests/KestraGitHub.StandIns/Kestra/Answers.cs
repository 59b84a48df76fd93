using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra;

/// <summary>What a handler hands back; sent as a whole, so that faults can cut it.</summary>
internal sealed record Answer(int Status, string? ContentType = null, byte[]? Body = null)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public List<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static Answer Empty(int status = 200) => new(status);

    public static Answer Json(JsonNode? node, int status = 200, string type = "application/json") =>
        new(status, type, JsonSerializer.SerializeToUtf8Bytes(node, Relaxed));

    public static Answer List(IEnumerable<JsonNode?> rows) => Json(new JsonArray(rows.ToArray()));

    public static Answer Strings(IEnumerable<string> rows) => List(rows.Select(r => (JsonNode?)JsonValue.Create(r)));

    public static Answer Page(IEnumerable<JsonNode?> rows, long total) =>
        Json(new JsonObject { ["results"] = new JsonArray(rows.ToArray()), ["total"] = total });

    /// <summary>One page of what was found. The total comes with the rows: a page beyond the end knows none [search.paging].</summary>
    /// <param name="page">From 1.</param>
    public static Answer Page<T>(IReadOnlyList<T> found, int page, int size, Func<T, JsonNode?> row)
    {
        var rows = found.Skip((int)Math.Min(int.MaxValue, (page - 1L) * size)).Take(size).Select(row).ToList();
        return Page(rows, rows.Count == 0 ? 0 : found.Count);
    }

    /// <summary>What a validation answers: what <paramref name="read"/> has against the body, or nothing.</summary>
    public static Answer Validation(Action read)
    {
        var row = new JsonObject { ["index"] = 0, ["outdated"] = false };
        try
        {
            read();
        }
        catch (KestraError e)
        {
            row["constraints"] = e.Message.Replace("Invalid entity: ", "", StringComparison.Ordinal);
        }

        return Json(row);
    }

    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static Answer Count(int count) => Json(new JsonObject { ["count"] = count });

    public static Answer Bytes(byte[] body) => new(200, "application/octet-stream", body);

    public static Answer Zip(string name, IEnumerable<(string Name, byte[] Content)> entries)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (entry, content) in entries)
            {
                if (!seen.Add(entry))
                {
                    // Two flows may want one entry name: the whole export fails [export.by-ids: same twice].
                    throw new KestraError(500, $"Internal server error: duplicate entry: {entry}");
                }

                using var stream = zip.CreateEntry(entry, CompressionLevel.Fastest).Open();
                stream.Write(content);
            }
        }

        return Bytes(buffer.ToArray()).With("Content-Disposition", $"attachment; filename=\"{name}\"");
    }

    /// <param name="cut">True: the connection breaks after half of the body.</param>
    public async Task SendAsync(HttpContext context, bool cut)
    {
        var response = context.Response;
        var body = Body ?? [];
        response.StatusCode = Status;
        if (ContentType is not null)
        {
            response.ContentType = ContentType;
        }

        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        if (body.Length > 1024 && ContentType?.Contains("json", StringComparison.Ordinal) == true
            && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            using var packed = new MemoryStream();
            await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            {
                await gzip.WriteAsync(body);
            }

            body = packed.ToArray();
            response.Headers.ContentEncoding = "gzip";
        }

        if (Status == 204)
        {
            return;
        }

        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await response.Body.WriteAsync(cut ? body.AsMemory(0, body.Length / 2) : body, context.RequestAborted);
        if (cut)
        {
            await response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        }
    }

    public Answer With(string name, string value)
    {
        Headers.Add(new(name, value));
        return this;
    }
}

internal sealed record Violation(string Message, string Path);

/// <summary>An error as the server words it: shape A of the contract, translated to shape B on demand.</summary>
internal sealed class KestraError(int status, string message, params IReadOnlyList<Violation> errors) : Exception(message)
{
    public int Status => status;

    public IReadOnlyList<Violation> Errors => errors;

    public bool IsUnknownField { get; init; }

    public static KestraError NotFound(string? detail = null) => new(404, detail is null ? "Not Found" : $"Not Found: {detail}");

    public static KestraError IllegalArgument(string detail) => new(422, $"Illegal argument: {detail}");

    public static KestraError BodyMissing(string name) => new(422, $"Invalid route params: Required Body [{name}] not specified");

    public static KestraError QueryMissing(string name) => new(400, $"Bad Request: Required QueryValue [{name}] not specified");

    public static KestraError Conversion(string name, string value, string why) =>
        new(422, $"Internal server error: Failed to convert argument [{name}] for value [{value}] due to: {why}");

    public static KestraError InvalidEntity(params IReadOnlyList<Violation> errors) =>
        new(422, "Invalid entity: " + string.Join(", ", errors.Select(e => $"{e.Path}: {e.Message}")), errors);

    public static KestraError Yaml(string why) =>
        new(422, $"Invalid entity: Illegal genericflow source: YAML parsing error: {why}", new Violation($"YAML parsing error: {why}", "yaml"));
}

/// <summary>Thrown where the real server loops for ever instead of answering.</summary>
internal sealed class NeverAnswers : Exception;

internal static class ErrorShapes
{
    public static Answer Render(KestraError error, Call call, bool problemDetails, bool routeMatched, string edition)
    {
        if (!problemDetails)
        {
            return Answer.Json(ShapeA(error, call), error.Status);
        }

        var (status, slug) = Slug(error);
        var body = new JsonObject
        {
            ["type"] = $"https://kestra.io/docs/api-reference/problems/{slug}",
            ["title"] = string.Concat(slug[..1].ToUpperInvariant(), slug[1..].Replace('-', ' ')),
            ["status"] = status,
            ["detail"] = error.Message,
            ["instance"] = call.RawPath,
        };
        if (error.Errors.Count > 0)
        {
            body["errors"] = new JsonArray(error.Errors.Select(e => (JsonNode?)new JsonObject
            {
                ["detail"] = e.Message,
                ["path"] = e.Path,
                ["pointer"] = "#/" + e.Path.Replace('.', '/'),
            }).ToArray());
        }

        if (status >= 500)
        {
            body["traceId"] = Guid.NewGuid().ToString("N");
        }

        var answer = Answer.Json(body, status, "application/problem+json");
        return status == 404
            ? answer.With("X-Kestra-Edition", edition).With("X-Kestra-Route-Matched", routeMatched ? "true" : "false")
            : answer;
    }

    private static JsonObject ShapeA(KestraError error, Call call)
    {
        var embedded = new JsonObject();
        if (error.Errors.Count > 0)
        {
            embedded["errors"] = new JsonArray(error.Errors.Select(e => (JsonNode?)new JsonObject
            {
                ["message"] = e.Message,
                ["logref"] = null,
                ["path"] = e.Path,
                ["_links"] = new JsonObject(),
                ["_embedded"] = new JsonObject(),
            }).ToArray());
        }

        return new JsonObject
        {
            ["message"] = error.Message,
            ["logref"] = null,
            ["path"] = null,
            ["_links"] = new JsonObject { ["self"] = new JsonObject { ["href"] = call.RawTarget, ["templated"] = false } },
            ["_embedded"] = embedded,
        };
    }

    private static (int Status, string Slug) Slug(KestraError error)
    {
        var message = error.Message;
        if (message.Contains("already exists", StringComparison.Ordinal))
        {
            return (409, "entity-already-exists");
        }

        return error.Status switch
        {
            400 => (400, message.Contains("QueryValue", StringComparison.Ordinal) ? "invalid-query-parameter"
                : message.Contains("filter", StringComparison.OrdinalIgnoreCase) ? "invalid-query-filters" : "bad-request"),
            401 => (401, "unauthenticated"),
            403 => (403, "forbidden"),
            404 => (404, "not-found"),
            405 => (405, "method-not-allowed"),
            406 => (406, "not-acceptable"),
            409 => (409, "conflict"),
            413 => (413, "payload-too-large"),
            415 => (415, "unsupported-media-type"),
            422 when message.Contains("Invalid type", StringComparison.Ordinal) => (422, "invalid-plugin-type"),
            422 when message.StartsWith("Invalid entity", StringComparison.Ordinal) => (422, "invalid-entity"),
            422 when message.StartsWith("Invalid json", StringComparison.Ordinal) => (422, "invalid-json"),
            422 when message.StartsWith("Invalid route", StringComparison.Ordinal) => (422, "invalid-request-body"),
            422 => (422, "invalid-argument"),
            _ => (error.Status, "internal-error"),
        };
    }
}

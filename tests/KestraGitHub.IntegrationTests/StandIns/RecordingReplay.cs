using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KestraGitHub.IntegrationTests.StandIns;

/// <summary>Sends recorded requests to a server and tells where its answers differ from the recorded ones.</summary>
internal sealed partial class RecordingReplay(Uri baseUrl, string user, string password) : IDisposable
{
    private const string Boundary = "----recorded-boundary-5f1d9c";

    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public sealed record Step(string Name, IReadOnlyList<string> Differences);

    public void Dispose() => http.Dispose();

    public async Task<IReadOnlyList<Step>> PlayAsync(string file)
    {
        var scenario = Path.GetFileNameWithoutExtension(file);
        var variables = new Dictionary<string, string>();
        var steps = new List<Step>();
        foreach (var line in await File.ReadAllLinesAsync(file))
        {
            var step = JsonNode.Parse(line)!.AsObject();
            IReadOnlyList<string> differences;
            try
            {
                var (got, json) = await SendAsync(step, variables);
                foreach (var (variable, member) in step["capture"] as JsonObject ?? [])
                {
                    variables[variable] = Lookup(json, (string)member!)?.ToString() ?? "None";
                }

                differences = AnswerComparison.Compare(step["response"]!.AsObject(), got, step["match"] as JsonObject);
            }
            catch (HttpRequestException e)
            {
                differences = [$"no answer: {e.Message}"];
            }

            if ((bool?)step["cleanup"] != true)
            {
                steps.Add(new Step($"{scenario} / {(string)step["step"]!}", differences));
            }
        }

        return steps;
    }

    private async Task<(JsonObject Reduced, JsonNode? Json)> SendAsync(JsonObject step, Dictionary<string, string> variables)
    {
        var poll = step["poll"] as JsonObject;
        var until = DateTime.UtcNow.AddSeconds((double?)poll?["timeout"] ?? 0);
        while (true)
        {
            using var request = Build(step["request"]!.AsObject(), variables);
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsByteArrayAsync();
            var json = Parse(body);
            var reached = poll is null
                || (poll["in"] is JsonArray wanted ? wanted.Any(w => JsonNode.DeepEquals(w, Lookup(json, (string)poll["member"]!)))
                    : (poll["status"] as JsonArray ?? []).Any(s => (int)s! == (int)response.StatusCode));
            if (reached || DateTime.UtcNow > until)
            {
                return (RecordedAnswer.Reduce(response, body, baseUrl, (string?)step["keep"] == "count"), json);
            }

            await Task.Delay(20);
        }
    }

    private HttpRequestMessage Build(JsonObject recorded, Dictionary<string, string> variables)
    {
        var target = Variable().Replace((string)recorded["path"]!, m => variables.GetValueOrDefault(m.Groups[1].Value, m.Value));
        var query = (string?)recorded["rawQuery"] ?? string.Join('&', (recorded["query"] as JsonArray ?? [])
            .Select(p => $"{Uri.EscapeDataString((string)p![0]!)}={Uri.EscapeDataString((string)p[1]!)}"));
        target += query.Length > 0 ? "?" + query : "";

        // As written: an encoded dot or a double slash is what some steps are about.
        var uri = new Uri(baseUrl.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var method = (string)recorded["method"]!;
        var request = new HttpRequestMessage(new HttpMethod(method), uri);
        var (body, type) = Body(recorded);
        if (body is not null || method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new ByteArrayContent(body ?? []);
            if (type is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }

        foreach (var (name, node) in recorded["headers"] as JsonObject ?? [])
        {
            Header(request, name, (string)node!);
        }

        if (!request.Headers.Contains("Accept"))
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        }

        return request;
    }

    private void Header(HttpRequestMessage request, string name, string value)
    {
        static string Base64(string s) => Convert.ToBase64String(Encoding.UTF8.GetBytes(s));
        if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
        {
            value = "Basic " + Base64(value == "wrong" ? "admin@kestra.io:Wrong-Password-1" : $"{user}:{password}");
        }

        var otherCase = (char.IsUpper(user[0]) ? char.ToLowerInvariant(user[0]) : char.ToUpperInvariant(user[0])) + user[1..];
        value = value.Replace("{credentials64}", Base64($"{user}:{password}"), StringComparison.Ordinal).Replace("{otherCase64}", Base64($"{otherCase}:{password}"), StringComparison.Ordinal);
        name = name.Equals("X-Rec-Raw-Authorization", StringComparison.OrdinalIgnoreCase) ? "Authorization" : name;
        if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
        {
            request.Headers.TryAddWithoutValidation(name, value);
            return;
        }

        request.Content ??= new ByteArrayContent([]);
        request.Content.Headers.Remove(name);
        request.Content.Headers.TryAddWithoutValidation(name, value);
    }

    private static (byte[]? Body, string? Type) Body(JsonObject recorded)
    {
        if (recorded["multipart"] is JsonArray parts)
        {
            using var buffer = new MemoryStream();
            void Write(string s) => buffer.Write(Encoding.UTF8.GetBytes(s));
            foreach (var part in parts.SelectMany(p => Expand(p!.AsObject())))
            {
                Write($"--{Boundary}\r\nContent-Disposition: form-data; name=\"{(string)part["name"]!}\"");
                Write((string?)part["filename"] is { } file ? $"; filename=\"{file}\"\r\n" : "\r\n");
                Write((string?)part["content_type"] is { } type ? $"Content-Type: {type}\r\n\r\n" : "\r\n");
                buffer.Write((string?)part["dataBase64"] is { } base64 ? Convert.FromBase64String(base64) : Encoding.UTF8.GetBytes(Text(part["data"]) ?? ""));
                Write("\r\n");
            }

            Write($"--{Boundary}--\r\n");
            return (buffer.ToArray(), "multipart/form-data; boundary=" + Boundary);
        }

        return (string?)recorded["bodyBase64"] is { } encoded
            ? (Convert.FromBase64String(encoded), null)
            : (Text(recorded["body"]) is { } text ? Encoding.UTF8.GetBytes(text) : null, null);
    }

    private static IEnumerable<JsonObject> Expand(JsonObject part)
    {
        if ((string?)part["generate"] != "series")
        {
            return [part];
        }

        return Range(part).Select(n => new JsonObject(part.Where(p => p.Key is not ("generate" or "from" or "to"))
            .Select(p => KeyValuePair.Create(p.Key, p.Value is JsonValue v && v.TryGetValue(out string? s) ? (JsonNode?)s.Replace("{n}", n, StringComparison.Ordinal) : p.Value?.DeepClone()))));
    }

    private static string? Text(JsonNode? node) => node switch
    {
        null => null,
        JsonObject o when (string?)o["generate"] == "repeat" =>
            (string?)o["prefix"] + new StringBuilder().Insert(0, (string)o["text"]!, (int)o["times"]!) + (string?)o["suffix"],
        JsonObject o => string.Join((string?)o["join"] ?? "", Range(o).Select(n => ((string)o["text"]!).Replace("{n}", n, StringComparison.Ordinal))),
        _ => (string)node!,
    };

    private static IEnumerable<string> Range(JsonObject o) =>
        Enumerable.Range((int)o["from"]!, (int)o["to"]! - (int)o["from"]! + 1).Select(n => n.ToString(CultureInfo.InvariantCulture));

    private static JsonNode? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Lookup(JsonNode? node, string path)
    {
        foreach (var part in path.Split('.').Where(p => p != "$"))
        {
            node = node switch
            {
                JsonObject o => o[part],
                JsonArray a when int.Parse(part, CultureInfo.InvariantCulture) is var i && i < a.Count => a[i],
                _ => null,
            };
        }

        return node;
    }

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();
}

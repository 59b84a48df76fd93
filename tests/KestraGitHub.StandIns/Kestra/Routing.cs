using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace KestraGitHub.StandIns.Kestra;

internal sealed record Part(string Name, string? FileName, byte[] Content)
{
    public string Text => Encoding.UTF8.GetString(Content);
}

/// <summary>One request, read to its end, as the handlers see it.</summary>
internal sealed class Call
{
    private static readonly HashSet<string> Truths = new(StringComparer.OrdinalIgnoreCase) { "true", "yes", "y", "on" };

    public required string Method { get; init; }

    /// <summary>Path and query as they came over the wire.</summary>
    public required string RawTarget { get; init; }

    public required IHeaderDictionary Headers { get; init; }

    public required byte[] Body { get; init; }

    public string RawPath => RawTarget.Split('?')[0];

    public string Tenant { get; set; } = "main";

    public string BaseUrl { get; init; } = "";

    public IReadOnlyDictionary<string, string> Path { get; set; } = new Dictionary<string, string>();

    public IReadOnlyList<(string Key, string Value)> Query { get; init; } = [];

    public IReadOnlyList<Part> Parts { get; private set; } = [];

    public string MediaType => (Headers.ContentType.ToString().Split(';')[0]).Trim().ToLowerInvariant();

    public string this[string variable] => Path[variable];

    public string Text
    {
        get
        {
            var charset = MediaTypeHeaderValue.TryParse(Headers.ContentType.ToString(), out var type) ? type.Charset.ToString().Trim('"') : "";
            return (charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8 : Encoding.GetEncoding(charset)).GetString(Body);
        }
    }

    public static IReadOnlyList<(string Key, string Value)> ReadQuery(string rawTarget)
    {
        var at = rawTarget.IndexOf('?', StringComparison.Ordinal);
        return at < 0
            ? []
            : [.. rawTarget[(at + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).Select(p => (Decode(p[0]), p.Length > 1 ? Decode(p[1]) : ""))];

        static string Decode(string s) => Uri.UnescapeDataString(s.Replace('+', ' '));
    }

    public IEnumerable<string> All(string name) => Query.Where(q => q.Key == name).Select(q => q.Value);

    /// <summary>One value or none; two are a conversion error [search.paging: size twice].</summary>
    public string? Single(string name)
    {
        var all = All(name).ToList();
        return all.Count > 1
            ? throw KestraError.Conversion(name, $"[{string.Join(", ", all)}]", "Cannot convert an iterable with more than 1 value to a non collection object")
            : all.FirstOrDefault();
    }

    public string Required(string name) => Single(name) ?? throw KestraError.QueryMissing(name);

    /// <summary>Anything that is not a known word for true is false, `delete=nope` too [bulk.namespace].</summary>
    public bool Flag(string name, bool otherwise = false) => Single(name) is { } text ? Truths.Contains(text) : otherwise;

    public int? Number(string name) => Single(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n
        : throw KestraError.Conversion(name, text, $"For input string: \"{text}\"");

    public async Task ReadPartsAsync()
    {
        if (MediaType != "multipart/form-data" || !MediaTypeHeaderValue.TryParse(Headers.ContentType.ToString(), out var type))
        {
            return;
        }

        var parts = new List<Part>();
        var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), new MemoryStream(Body));
        try
        {
            while (await reader.ReadNextSectionAsync() is { } section)
            {
                using var content = new MemoryStream();
                await section.Body.CopyToAsync(content);
                var disposition = section.ContentDisposition ?? "";
                parts.Add(new Part(Attribute(disposition, "name") ?? "", Attribute(disposition, "filename"), content.ToArray()));
            }
        }
        catch (IOException)
        {
            // A body that breaks off: what came counts.
        }

        Parts = parts;
    }

    /// <summary>Files of that name; plain fields are not files and pass unseen [bulk.multipart: field without file name].</summary>
    public IReadOnlyList<Part> Files(string name)
    {
        const int most = 128;
        return Parts.Count > most
            ? throw new KestraError(500, $"Internal server error: Number of form fields exceeds maximum of {most}")
            : [.. Parts.Where(p => p.Name == name && p.FileName is not null)];
    }

    private static string? Attribute(string disposition, string name)
    {
        foreach (var piece in disposition.Split(';').Skip(1))
        {
            var pair = piece.Trim().Split('=', 2);
            if (pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return pair[1].Trim('"');
            }
        }

        return null;
    }
}

internal sealed record Route(string Method, string[] Template, string[]? Consumes, string Produces, Func<Call, Answer> Handler, bool Tenant)
{
    /// <summary>Answers without credentials.</summary>
    public bool Open { get; init; }

    public int Literals => Template.Count(s => !s.StartsWith('{'));

    public IReadOnlyDictionary<string, string>? Match(string[] segments)
    {
        if (segments.Length != Template.Length)
        {
            return null;
        }

        var variables = new Dictionary<string, string>();
        for (var i = 0; i < segments.Length; i++)
        {
            if (Template[i].StartsWith('{'))
            {
                variables[Template[i].Trim('{', '}')] = Uri.UnescapeDataString(segments[i]);
            }
            else if (Template[i] != segments[i])
            {
                return null;
            }
        }

        return variables;
    }
}

/// <summary>
/// Finds routes the way the real server's framework does, because its traps come from there: a request whose type fits no
/// literal route falls into `flows/{namespace}` or `flows/{namespace}/{id}` [bulk.tenant: multipart is not routed; flow.accept: export Accept json].
/// </summary>
internal sealed class RouteTable
{
    public const string Yaml = "application/x-yaml";
    public const string Json = "application/json";
    public const string Multipart = "multipart/form-data";
    public const string Binary = "application/octet-stream";

    private readonly List<Route> routes = [];

    /// <param name="path">Below the tenant; with a leading slash it is a path from the root.</param>
    public void Add(string method, string path, Func<Call, Answer> handler, string? consumes = null, string produces = Json, bool open = false)
    {
        var root = path.StartsWith('/');
        var template = root ? path[1..].Split('/') : [.. "api/v1/{tenant}".Split('/'), .. path.Split('/')];
        routes.Add(new Route(method, template, consumes?.Split(' '), produces, handler, !root) { Open = open });
    }

    public Found Find(string method, string path, string mediaType, string accept)
    {
        var segments = path.Split('/')[1..];
        if (segments is [.., _, ""])
        {
            segments = segments[..^1]; // One slash at the end is forgiven.
        }

        if (segments.Contains("") && segments.Length > 1)
        {
            return new Found(null, null, null);
        }

        var onPath = routes.Select(r => (Route: r, Variables: r.Match(segments))).Where(m => m.Variables is not null).ToList();
        if (onPath.Count == 0)
        {
            return new Found(null, null, null);
        }

        var wanted = method == "HEAD" ? "GET" : method;
        var matches = onPath.Where(m => m.Route.Method == wanted).ToList();
        if (matches.Count == 0)
        {
            var allowed = onPath.Select(m => m.Route.Method).Distinct().ToList();
            allowed.AddRange(allowed.Contains("GET") ? ["HEAD"] : []);
            return new Found(onPath[0].Route, onPath[0].Variables,
                new KestraError(405, $"Method Not Allowed: Method [{method}] not allowed for URI [{path}]. Allowed methods: [{string.Join(", ", allowed)}]"));
        }

        var typed = matches.Where(m => m.Route.Consumes is null || mediaType.Length == 0 || m.Route.Consumes.Contains(mediaType) || m.Route.Consumes.Contains("*/*")).ToList();
        if (typed.Count == 0)
        {
            var types = string.Join(", ", matches.SelectMany(m => m.Route.Consumes!).Distinct());
            return new Found(matches[0].Route, matches[0].Variables,
                new KestraError(415, $"Unsupported Media Type: Content Type [{mediaType}] not allowed. Allowed types: [{types}]"));
        }

        var accepted = typed.Where(m => Accepts(accept, m.Route.Produces)).ToList();
        if (accepted.Count == 0)
        {
            var types = string.Join(", ", typed.Select(m => m.Route.Produces).Distinct());
            return new Found(typed[0].Route, typed[0].Variables,
                new KestraError(406, $"Not Acceptable: Specified Accept Types [{accept}] not supported. Supported types: [{types}]"));
        }

        var most = accepted.Max(m => m.Route.Literals);
        var best = accepted.Where(m => m.Route.Literals == most).ToList();

        // A route that names the type of the request beats one that takes any.
        var chosen = best.Find(m => mediaType.Length > 0 && m.Route.Consumes?.Contains(mediaType) == true);
        chosen = chosen.Route is null ? best.Find(m => m.Route.Consumes?.Contains("*/*") == true) : chosen;
        chosen = chosen.Route is null ? best[0] : chosen;
        var ambiguous = mediaType.Length == 0 && best.Count > 1 && best[0].Route.Method == "PUT";
        return new Found(chosen.Route, chosen.Variables, ambiguous
            ? new KestraError(500, $"Internal server error: More than 1 route matched the incoming request. The following routes matched {path}: PUT - {path}, PUT - {path}")
            : null);
    }

    private static bool Accepts(string accept, string produces)
    {
        return accept.Length == 0 || accept.Split(',').Select(a => a.Split(';')[0].Trim()).Any(a =>
            a == "*/*" || a.Equals(produces, StringComparison.OrdinalIgnoreCase) || (a.EndsWith("/*", StringComparison.Ordinal) && produces.StartsWith(a[..^1], StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Without a route: nothing on that path. With a fault: the path is known, the request is not served.</summary>
    internal sealed record Found(Route? Route, IReadOnlyDictionary<string, string>? Variables, KestraError? Fault);
}

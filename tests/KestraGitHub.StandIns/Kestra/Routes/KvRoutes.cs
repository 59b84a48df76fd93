using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Key-value pairs.</summary>
internal static partial class KvRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        routes.Add("GET", "namespaces/{namespace}/kv/{key}", call => state[call.Tenant].Kv.TryGetValue((call["namespace"], call["key"]), out var found)
            ? found.Expires < DateTime.UtcNow ? throw new KestraError(410, "Resource has expired: The requested value has expired") : Answer.Json(new JsonObject { ["type"] = found.Type, ["value"] = found.Value?.DeepClone(), ["revision"] = found.Revision, ["updated"] = Answer.Time(found.Updated) })
            : throw KestraError.NotFound($"No value found for key '{call["key"]}' in namespace '{call["namespace"]}'"));
        routes.Add("PUT", "namespaces/{namespace}/kv/{key}", call => Put(call, state), "text/plain");
        routes.Add("DELETE", "namespaces/{namespace}/kv/{key}", call => Answer.Json(JsonValue.Create(state[call.Tenant].Kv.Remove((call["namespace"], call["key"])))));
        routes.Add("DELETE", "namespaces/{namespace}/kv", call => DeleteMany(call, state), RouteTable.Json);
        routes.Add("GET", "kv", call => List(call, options, state));
        routes.Add("GET", "secrets", _ => Answer.Json(new JsonObject { ["readOnly"] = !options.IsEnterprise, ["results"] = new JsonArray(), ["total"] = 0 }));
        if (!options.IsV2)
        {
            routes.Add("GET", "namespaces/{namespace}/kv", call => Answer.List(state[call.Tenant].Kv.Where(e => e.Key.Namespace == call["namespace"]).Select(e => Row(e.Key, e.Value))));
            routes.Add("GET", "namespaces/{namespace}/secrets", _ => Answer.Json(new JsonObject { ["readOnly"] = !options.IsEnterprise, ["results"] = new JsonArray(), ["total"] = 0 }));
        }
    }

    private static Answer Put(Call call, KestraState state)
    {
        if (call.Body.Length == 0)
        {
            throw KestraError.BodyMissing("value");
        }

        var (type, value) = Typed(call.Text.Trim());
        var (tenant, key) = (state[call.Tenant], (call["namespace"], call["key"]));
        var revision = tenant.KvRevisions[key] = tenant.KvRevisions.GetValueOrDefault(key) + 1;
        var now = DateTime.UtcNow;
        var created = tenant.Kv.TryGetValue(key, out var before) ? before.Created : now;
        tenant.Kv[key] = new KvEntry(value, type, revision, call.Headers["description"], created, now, Expiry(call, now));
        return Answer.Empty();
    }

    /// <summary>Text without quotes is read up to its first blank [kv.life: plain].</summary>
    private static (string Type, JsonNode? Value) Typed(string text)
    {
        if (DateTimeText().IsMatch(text))
        {
            return ("DATETIME", JsonValue.Create(text));
        }

        if (DateText().IsMatch(text))
        {
            return ("DATE", JsonValue.Create(text));
        }

        if (DurationText().IsMatch(text))
        {
            return ("DURATION", JsonValue.Create(text));
        }

        try
        {
            var node = JsonNode.Parse(text);
            return (node?.GetValueKind() switch
            {
                JsonValueKind.String => "STRING",
                JsonValueKind.Number => "NUMBER",
                JsonValueKind.True or JsonValueKind.False => "BOOLEAN",
                _ => "JSON",
            }, node);
        }
        catch (JsonException)
        {
            return ("STRING", JsonValue.Create(text.Split(' ', '\n', '\t')[0]));
        }
    }

    private static DateTime? Expiry(Call call, DateTime now)
    {
        var ttl = call.Headers["ttl"].ToString();
        try
        {
            return ttl.Length == 0 ? null : now + System.Xml.XmlConvert.ToTimeSpan(ttl);
        }
        catch (FormatException)
        {
            throw KestraError.Conversion("ttl", ttl, "Text cannot be parsed to a Duration");
        }
    }

    private static Answer DeleteMany(Call call, KestraState state)
    {
        var keys = (JsonNode.Parse(call.Body)?["keys"] as JsonArray ?? []).Select(k => (string?)k ?? "").ToList();
        var gone = keys.Where(k => state[call.Tenant].Kv.Remove((call["namespace"], k))).ToList();
        return Answer.Json(new JsonObject { ["keys"] = new JsonArray(gone.Select(k => (JsonNode?)JsonValue.Create(k)).ToArray()) });
    }

    private static Answer List(Call call, KestraStandInOptions options, KestraState state)
    {
        var (page, size) = FlowSearchRoutes.Paging(call, "listAllKeys");
        var ns = call.Single("filters[namespace][EQUALS]") ?? (options.IsV2 ? null : call.Single("namespace"));
        var found = state[call.Tenant].Kv.Where(e => ns is null || e.Key.Namespace == ns).OrderBy(e => e.Key.Key, StringComparer.Ordinal).ToList();
        return Answer.Page(found.Skip((page - 1) * size).Take(size).Select(e => Row(e.Key, e.Value)), found.Count);
    }

    private static JsonNode? Row((string Namespace, string Key) key, KvEntry entry) => new JsonObject
    {
        ["namespace"] = key.Namespace,
        ["key"] = key.Key,
        ["revision"] = entry.Revision,
        ["description"] = entry.Description,
        ["creationDate"] = Answer.Time(entry.Created),
        ["updateDate"] = Answer.Time(entry.Updated),
        ["expirationDate"] = entry.Expires is { } expires ? Answer.Time(expires) : null,
    };

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\d\z")]
    private static partial Regex DateText();

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)\z")]
    private static partial Regex DateTimeText();

    [GeneratedRegex(@"\AP(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?\z")]
    private static partial Regex DurationText();
}

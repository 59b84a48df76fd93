using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.Tests.Api;

/// <summary>What of an answer the document does not allow, as far as our document goes: types, null, members, one of several.</summary>
internal static class SchemaCheck
{
    public static IEnumerable<string> Faults(JsonNode document, JsonNode schema, JsonNode? value, string at = "$")
    {
        if (schema["$ref"] is { } name) return Faults(document, document["components"]!["schemas"]![name.GetValue<string>().Split('/')[^1]]!, value, at);
        if (schema["oneOf"] is JsonArray ways) return ways.Count(w => !Faults(document, w!, value, at).Any()) == 1 ? [] : [$"{at} fits not one of {ways.Count}"];
        string[] types = schema["type"] switch { null => [], JsonArray many => [.. many.Select(t => t!.GetValue<string>())], var one => [one.GetValue<string>()] };
        var kind = KindOf(value);
        if (types.Length > 0 && !types.Contains(kind) && !(kind == "integer" && types.Contains("number"))) return [$"{at} is {kind}, not {string.Join(" or ", types)}"];
        return value switch
        {
            JsonObject members => OfObject(document, schema, members, at),
            JsonArray items when schema["items"] is { } item => items.SelectMany((i, place) => Faults(document, item, i, $"{at}[{place}]")),
            _ => [],
        };
    }

    private static IEnumerable<string> OfObject(JsonNode document, JsonNode schema, JsonObject members, string at)
    {
        foreach (var name in schema["required"] as JsonArray ?? [])
            if (!members.ContainsKey(name!.GetValue<string>())) yield return $"{at} lacks {name}";
        var more = schema["additionalProperties"];
        foreach (var (name, value) in members)
        {
            var known = schema["properties"]?[name] ?? (more is JsonObject ? more : null);
            if (known is null && more?.GetValueKind() == JsonValueKind.False) yield return $"{at}.{name} is not in the document";
            foreach (var fault in known is null ? [] : Faults(document, known, value, $"{at}.{name}")) yield return fault;
        }
    }

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "number" : "integer",
        _ => "boolean",
    };
}

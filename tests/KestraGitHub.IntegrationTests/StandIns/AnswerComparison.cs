using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.IntegrationTests.StandIns;

/// <summary>
/// Compares an answer with a recorded one by the rules that the recordings state: members by name, some by value, some by
/// the beginning of their text, some only by being there; what is not named is ignored.
/// </summary>
internal sealed class AnswerComparison
{
    private static readonly HashSet<string> ByValue = Names("id namespace revision disabled deleted draft source sourceCode total count fileName type size index filename " +
        "outdated flow key value title status edition isBasicAuthInitialized isCustomDashboardsEnabled systemNamespace description readOnly flowId flowRevision current q " +
        "triggerId kind pointer path body $count tenantId name");

    private static readonly HashSet<string> ByPresence = Names("uuid created updated creationDate updateDate lastModifiedTime creationTime commitId commitDate url traceId expirationDate instance");
    private static readonly HashSet<string> ByLength = Names("warnings infos errors deprecationPaths metadata");
    private static readonly HashSet<string> Down = Names("results _embedded state trigger variables parameters outputs");
    private static readonly string[] Bodies = ["json", "text", "bodyBase64", "zip", "digest"];

    private readonly List<string> found = [];
    private readonly bool unordered;
    private readonly HashSet<string> ignored;

    private AnswerComparison(JsonObject? match)
    {
        unordered = (bool?)match?["unordered"] ?? false;
        ignored = [.. (match?["ignore"] as JsonArray ?? []).Select(n => (string)n!)];
    }

    public static IReadOnlyList<string> Compare(JsonObject expected, JsonObject got, JsonObject? match)
    {
        var comparison = new AnswerComparison(match);
        comparison.Answers(expected, got, match);
        return comparison.found;
    }

    private static HashSet<string> Names(string names) => [.. names.Split(' ')];

    private void Answers(JsonObject expected, JsonObject got, JsonObject? match)
    {
        if (!Same(expected["status"], got["status"]) && !(match?["any_status"] as JsonArray ?? []).Any(s => Same(s, got["status"])))
        {
            Say("status", expected["status"], got["status"]);
            return;
        }

        if ((bool?)match?["status_only"] == true)
        {
            return;
        }

        Headers(expected["headers"]!.AsObject(), got["headers"]!.AsObject());
        var kinds = Bodies.Where(expected.ContainsKey).ToList();
        if (!kinds.SequenceEqual(Bodies.Where(got.ContainsKey)))
        {
            found.Add($"body kind: expected {string.Join(' ', kinds)} got {string.Join(' ', Bodies.Where(got.ContainsKey))}");
        }
        else if (kinds is ["json"])
        {
            Nodes(expected["json"], got["json"], "");
        }
        else if (kinds is ["zip"] && expected["zip"]!["entries"] is JsonArray x && got["zip"]!["entries"] is JsonArray y)
        {
            var (want, have) = (ByName(x), ByName(y));
            if (!want.Keys.Order(StringComparer.Ordinal).SequenceEqual(have.Keys.Order(StringComparer.Ordinal)))
            {
                found.Add($"zip names: expected {string.Join(' ', want.Keys)} got {string.Join(' ', have.Keys)}");
            }

            foreach (var name in want.Keys.Where(n => have.ContainsKey(n) && !Same(want[n], have[n])))
            {
                Say($"zip[{name}]", want[name], have[name]);
            }
        }
        else if (kinds.Count > 0 && !Same(expected[kinds[0]], got[kinds[0]]))
        {
            Say(kinds[0], expected[kinds[0]], got[kinds[0]]);
        }
    }

    private static Dictionary<string, JsonNode> ByName(JsonArray entries) => entries.ToDictionary(e => (string)e!["name"]!, e => e!, StringComparer.Ordinal);

    private void Headers(JsonObject expected, JsonObject got)
    {
        static string? Media(JsonObject h) => ((string?)h["content-type"])?.Split(';')[0].Trim().ToLowerInvariant();
        static string Scheme(JsonObject h) => ((string?)h["www-authenticate"] ?? "").Split(' ')[0].ToLowerInvariant();
        static string Allowed(JsonObject h) => string.Join(',', ((string?)h["allow"] ?? "").Split(',').Select(t => t.Trim()).Order(StringComparer.Ordinal));
        static string? FileName(JsonObject h) => (string?)h["content-disposition"] is { } d && d.Contains("filename=", StringComparison.Ordinal) ? d.Split("filename=")[1].Trim('"', ';', ' ') : null;

        foreach (var (name, read) in new (string, Func<JsonObject, string?>)[] { ("content-type", Media), ("www-authenticate", Scheme), ("allow", Allowed), ("content-disposition", FileName) })
        {
            if (read(expected) != read(got))
            {
                found.Add($"{name}: expected {read(expected)} got {read(got)}");
            }
        }

        foreach (var name in expected.Concat(got).Select(h => h.Key).Where(k => k.StartsWith("x-kestra-", StringComparison.Ordinal)).Distinct())
        {
            if ((string?)expected[name] != (string?)got[name])
            {
                Say(name, expected[name], got[name]);
            }
        }
    }

    private void Nodes(JsonNode? expected, JsonNode? got, string where)
    {
        if (expected is JsonObject a && got is JsonObject b)
        {
            Objects(a, b, where);
        }
        else if (expected is JsonArray x && got is JsonArray y)
        {
            Lists(x, y, where);
        }
        else if (!Same(expected, got))
        {
            Say(where.Length == 0 ? "json" : where, expected, got);
        }
    }

    private void Lists(JsonArray expected, JsonArray got, string where)
    {
        if (expected.Concat(got).All(n => Kind(n) == "String"))
        {
            var (x, y) = (expected.Select(n => (string)n!).Order(StringComparer.Ordinal), got.Select(n => (string)n!).Order(StringComparer.Ordinal));
            if (!x.SequenceEqual(y))
            {
                found.Add($"{where}: expected {string.Join(' ', x)} got {string.Join(' ', y)}");
            }

            return;
        }

        if (expected.Count != got.Count)
        {
            found.Add($"{where}.length: expected {expected.Count} got {got.Count}");
            return;
        }

        IEnumerable<JsonNode?> one = expected, other = got;
        if (unordered || expected.Any(n => (n as JsonObject)?.ContainsKey("fileName") == true))
        {
            (one, other) = (expected.OrderBy(SortKey, StringComparer.Ordinal), got.OrderBy(SortKey, StringComparer.Ordinal));
        }

        foreach (var ((a, b), i) in one.Zip(other).Select((pair, i) => (pair, i)).ToList())
        {
            Nodes(a, b, $"{where}[{i}]");
        }
    }

    private static string SortKey(JsonNode? node) => node is JsonObject o
        ? string.Join('\u0001', new[] { "fileName", "namespace", "id", "key", "revision" }.Select(k => o[k]?.ToString() ?? ""))
        : node?.ToJsonString() ?? "";

    private void Objects(JsonObject expected, JsonObject got, string where)
    {
        var execution = expected.ContainsKey("flowId") && expected.ContainsKey("state");
        foreach (var key in expected.Concat(got).Select(p => p.Key).Distinct().Order(StringComparer.Ordinal).Where(k => !ignored.Contains(k)))
        {
            Member(key, expected[key], got[key], where.Length == 0 ? key : $"{where}.{key}", execution);
        }
    }

    private void Member(string key, JsonNode? a, JsonNode? b, string here, bool execution)
    {
        switch (key)
        {
            case "$sha256" or "$length":
                Expect(Same(a, b), here, a, b);
                break;
            case "version" when Kind(a) == "String":
                Expect(((string)a!).Split('.').Take(2).SequenceEqual((b?.ToString() ?? "").Split('.').Take(2)), here, a, b);
                break;
            case "labels":
                Expect(Labels(a).SequenceEqual(Labels(b)), here, a, b);
                break;
            case "id" when execution:
                Expect(Kind(a) == Kind(b), here, a, b);
                break;
            case "headers" when a is JsonObject x && b is JsonObject y:
                Expect(Recorded(x).SequenceEqual(Recorded(y)), here, a, b);
                break;
            case "body" or "value" or "parameters" or "outputs":
                Expect(Same(a, b), here, a, b);
                break;
            case "message" or "detail":
                Expect(Prefix(a) == Prefix(b), here, a, b);
                break;
            case "constraints" or "exception":
                Expect(a is null == b is null, here, a, b);
                break;
            case var _ when ByPresence.Contains(key):
                Expect(Kind(a) == Kind(b), here, a, b);
                break;
            case var _ when ByLength.Contains(key):
                Expect(Length(a) == Length(b), here + ".length", a, b);
                if (key == "errors" && Length(a) == Length(b))
                {
                    Expect(Messages(a).SequenceEqual(Messages(b)), here, a, b);
                }

                break;
            case var _ when Down.Contains(key):
                // An empty object says no more than null here.
                (a, b) = key == "_embedded" ? (a ?? new JsonObject(), b ?? new JsonObject()) : (a, b);
                Deeper(a, b, here, valuesToo: false);
                break;
            case var _ when ByValue.Contains(key):
                Deeper(a, b, here, valuesToo: true);
                break;
        }
    }

    private void Deeper(JsonNode? a, JsonNode? b, string here, bool valuesToo)
    {
        if (a is JsonObject or JsonArray && Kind(a) == Kind(b))
        {
            Nodes(a, b, here);
        }
        else
        {
            Expect(valuesToo ? Same(a, b) : Kind(a) == Kind(b), here, a, b);
        }
    }

    private static IEnumerable<string> Recorded(JsonObject headers) => headers.Where(h => h.Key.StartsWith("x-rec-", StringComparison.OrdinalIgnoreCase))
        .Select(h => $"{h.Key.ToLowerInvariant()}={h.Value?.ToJsonString()}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Labels(JsonNode? node)
    {
        var pairs = node is JsonObject map
            ? map.Select(p => (p.Key, Value: p.Value?.ToString()))
            : (node as JsonArray ?? []).Select(l => (Key: l?["key"]?.ToString() ?? "", Value: l?["value"]?.ToString()));
        return pairs.Select(p => $"{p.Key}={(p.Key.StartsWith("system.", StringComparison.Ordinal) ? "" : p.Value)}").Order(StringComparer.Ordinal);
    }

    private static int Length(JsonNode? node) => node switch { JsonArray a => a.Count, JsonObject o => o.Count, JsonValue v => v.ToString().Length, _ => 0 };

    private static IEnumerable<string?> Messages(JsonNode? node) =>
        (node as JsonArray ?? []).OfType<JsonObject>().Select(o => Prefix(o["message"] ?? o["detail"])).Order(StringComparer.Ordinal);

    private static string? Prefix(JsonNode? node)
    {
        if (Kind(node) != "String")
        {
            return node?.ToJsonString();
        }

        var text = ((string)node!).Split(':')[0];
        return text.Length > 40 ? text[..40] : text;
    }

    private static string Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        null => "Null",
        JsonValueKind.True or JsonValueKind.False => "Boolean",
        var kind => kind.Value.ToString(),
    };

    private static bool Same(JsonNode? a, JsonNode? b) => JsonNode.DeepEquals(a, b);

    private void Expect(bool ok, string where, JsonNode? a, JsonNode? b)
    {
        if (!ok)
        {
            Say(where, a, b);
        }
    }

    private void Say(string where, JsonNode? a, JsonNode? b)
    {
        static string Short(JsonNode? n) => n?.ToJsonString() is not { } s ? "nothing" : s.Length > 110 ? s[..110] + "..." : s;
        found.Add($"{where}: expected {Short(a)} got {Short(b)}");
    }
}

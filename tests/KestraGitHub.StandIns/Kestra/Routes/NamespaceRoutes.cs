using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Namespaces: in OSS they are only a view of the flows; one with files alone is not listed [search.namespaces].</summary>
internal static class NamespaceRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        routes.Add("GET", "namespaces/search", call => Search(call, options, state));
        routes.Add("POST", "namespaces/autocomplete", call => Autocomplete(call, state), RouteTable.Json);
        routes.Add("GET", "namespaces/{id}", call => state[call.Tenant].Namespaces.GetValueOrDefault(call["id"]) is { } stored ? Answer.Json(stored)
            : options.IsEnterprise && !Names(state[call.Tenant]).Contains(call["id"]) ? throw KestraError.NotFound()
            : Answer.Json(new JsonObject { ["id"] = call["id"] }));
        if (!options.IsEnterprise)
        {
            return;
        }

        routes.Add("POST", "namespaces", call => Store(call, state, null), RouteTable.Json);
        routes.Add("PUT", "namespaces/{id}", call => Store(call, state, call["id"]), RouteTable.Json);
        routes.Add("DELETE", "namespaces/{id}", call => state[call.Tenant].Namespaces.Remove(call["id"]) ? Answer.Empty(204) : throw KestraError.NotFound());
    }

    private static SortedSet<string> Names(Tenant tenant)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal) { "system" };
        foreach (var name in tenant.Flows.Living().Select(f => f.Namespace).Concat(tenant.Namespaces.Keys).Distinct())
        {
            // Every level above is listed too.
            for (var at = name.IndexOf('.', StringComparison.Ordinal); at > 0; at = name.IndexOf('.', at + 1))
            {
                names.Add(name[..at]);
            }

            names.Add(name);
        }

        return names;
    }

    private static Answer Search(Call call, KestraStandInOptions options, KestraState state)
    {
        var (page, size) = FlowSearchRoutes.Paging(call, "searchNamespaces");

        // 1.3 reads q and ignores filters, 2.0 the reverse.
        var q = options.IsV2 ? call.Single("filters[q][EQUALS]") : call.Single("q");
        var rows = Names(state[call.Tenant]).Where(n => q is null || n.Contains(q, StringComparison.OrdinalIgnoreCase));
        var sorted = FlowSearchRoutes.Sort(call, rows, new Dictionary<string, Func<string, string>> { ["id"] = n => n }, options.IsV2).ToList();
        return Answer.Page(sorted.Skip((int)Math.Min(int.MaxValue, (page - 1L) * size)).Take(size).Select(n => (JsonNode?)new JsonObject { ["id"] = n }), sorted.Count);
    }

    private static Answer Autocomplete(Call call, KestraState state)
    {
        var body = Body(call);
        var q = (string?)body["q"];
        return Answer.Strings(Names(state[call.Tenant]).Where(n => q is null || n.Contains(q, StringComparison.OrdinalIgnoreCase)));
    }

    private static Answer Store(Call call, KestraState state, string? id)
    {
        var body = Body(call);
        id ??= (string?)body["id"] ?? throw KestraError.InvalidEntity(new Violation("must not be null", "id"));
        var namespaces = state[call.Tenant].Namespaces;
        if (call.Method == "POST" && namespaces.ContainsKey(id))
        {
            throw KestraError.InvalidEntity(new Violation("Namespace already exists", "namespace.id"));
        }

        if (call.Method == "PUT" && !namespaces.ContainsKey(id))
        {
            throw KestraError.NotFound();
        }

        body["id"] = id;
        namespaces[id] = body;
        return Answer.Json(body);
    }

    private static JsonObject Body(Call call)
    {
        try
        {
            return call.Body.Length > 0 && JsonNode.Parse(call.Body) is JsonObject o ? o : throw KestraError.BodyMissing("namespace");
        }
        catch (JsonException e)
        {
            throw new KestraError(422, "Invalid json mapping", new Violation(e.Message, ""));
        }
    }
}

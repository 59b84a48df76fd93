using System.Text;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Lists of flows and the export of all that match.</summary>
internal static class FlowSearchRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        routes.Add("GET", "flows/search", call => Search(call, options, state));
        routes.Add("GET", "flows/{namespace}", call =>
        {
            var flows = state[call.Tenant].Flows;
            return Answer.List(flows.In(call["namespace"]).Select(f => flows.Json(f, withSource: false)));
        });
        routes.Add("GET", "flows/source", call => SearchSource(call, options, state));
        routes.Add("GET", "flows/deprecated", _ => Answer.List([]));
        routes.Add("GET", "flows/distinct-namespaces", call => Answer.Strings(state[call.Tenant].Flows.Living().Select(f => f.Namespace).Distinct()
            .Where(n => n.StartsWith(call.Single("q") ?? "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
        routes.Add("GET", "flows/export/by-query", call => Answer.Zip("flows.zip", state[call.Tenant].Flows.Living().Where(FlowFilter.Read(call, options))
            .Select(f => ($"{f.Namespace}-{f.Id}.yml", Encoding.UTF8.GetBytes(f.Source)))), produces: RouteTable.Binary);
        routes.Add("GET", "flows/export/by-query/csv", _ => new Answer(200, "text/csv", []).With("Content-Disposition", "attachment; filename=flows.csv"), produces: "text/csv");
    }

    /// <summary>Page and size as every search reads them.</summary>
    public static (int Page, int Size) Paging(Call call, string operation)
    {
        var (page, size) = (call.Number("page") ?? 1, call.Number("size") ?? 10);
        var wrong = new[] { ("page", page), ("size", size) }.Where(p => p.Item2 < 1).Select(p => new Violation("must be greater than or equal to 1", $"{operation}.{p.Item1}")).ToList();
        return wrong.Count > 0 ? throw KestraError.InvalidEntity(wrong) : (page, size);
    }

    /// <summary>Any direction but `asc` sorts down [search.paging: sort bad direction].</summary>
    public static IEnumerable<T> Sort<T>(Call call, IEnumerable<T> rows, IReadOnlyDictionary<string, Func<T, string>> columns, bool isV2)
    {
        IOrderedEnumerable<T>? sorted = null;
        foreach (var sort in call.All("sort"))
        {
            var parts = sort.Split(':');
            if (parts.Length != 2)
            {
                throw new KestraError(422, "Unprocessable Entity: Invalid sort parameter");
            }

            var column = columns.GetValueOrDefault(parts[0]) ?? throw (isV2
                ? KestraError.IllegalArgument($"The sort field '{parts[0]}' does not exist on this resource.")
                : new KestraError(500, $"Internal server error: SQL [select ...]; Column \"{parts[0]}\" not found"));
            var up = parts[1].Equals("asc", StringComparison.OrdinalIgnoreCase);
            sorted = (sorted, up) switch
            {
                (null, true) => rows.OrderBy(column, StringComparer.Ordinal),
                (null, false) => rows.OrderByDescending(column, StringComparer.Ordinal),
                (_, true) => sorted.ThenBy(column, StringComparer.Ordinal),
                _ => sorted.ThenByDescending(column, StringComparer.Ordinal),
            };
        }

        return sorted ?? rows;
    }

    private static Answer Search(Call call, KestraStandInOptions options, KestraState state)
    {
        var (page, size) = Paging(call, "searchFlows");
        var flows = state[call.Tenant].Flows;
        var columns = new Dictionary<string, Func<FlowRevision, string>>
        {
            ["id"] = f => f.Id,
            ["namespace"] = f => f.Namespace,
            ["updated"] = f => f.Updated?.ToString("O") ?? "",
            ["deleted"] = _ => "",
        };
        if (options.IsV2)
        {
            columns["revision"] = f => f.Revision.ToString("D10", System.Globalization.CultureInfo.InvariantCulture);
        }

        var found = Sort(call, flows.Living().Where(FlowFilter.Read(call, options)), columns, options.IsV2).ToList();
        return Answer.Page(found, page, size, f => flows.Json(f, withSource: false));
    }

    private static Answer SearchSource(Call call, KestraStandInOptions options, KestraState state)
    {
        var (page, size) = Paging(call, "searchFlowsBySourceCode");
        var flows = state[call.Tenant].Flows;
        var (q, ns) = (call.Single("q") ?? "", call.Single("namespace"));
        var found = flows.Living().Where(call.Query.Any(p => p.Key.StartsWith("filters[", StringComparison.Ordinal)) ? FlowFilter.Read(call, options) : _ => true)
            .Where(f => (ns is null || f.Namespace == ns) && f.Source.Contains(q, StringComparison.OrdinalIgnoreCase)).ToList();
        return Answer.Page(found, page, size, f =>
        {
            var lines = f.Source.Split('\n');
            var at = Array.FindIndex(lines, l => l.Contains(q, StringComparison.OrdinalIgnoreCase));
            var snippet = at < 0 ? "" : lines[at].Replace(q, $"[mark]{q}[/mark]", StringComparison.OrdinalIgnoreCase);
            var row = new JsonObject { ["model"] = flows.Json(f, withSource: false) };
            if (options.IsV2)
            {
                row["matches"] = new JsonArray(new JsonObject { ["line"] = at + 1, ["column"] = at < 0 ? 0 : lines[at].IndexOf(q, StringComparison.OrdinalIgnoreCase) + 1, ["snippet"] = snippet });
                row["editable"] = true;
            }
            else
            {
                row["fragments"] = new JsonArray(snippet);
            }

            return row;
        });
    }
}

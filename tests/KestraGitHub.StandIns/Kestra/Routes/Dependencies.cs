using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Who calls whom: one step by default, all with expandAll [live.dependencies].</summary>
internal static class Dependencies
{
    public static Answer OfFlow(Call call, KestraState state)
    {
        var edges = Edges(state[call.Tenant].Flows);
        var reached = new HashSet<(string, string)> { (call["namespace"], call["id"]) };
        var kept = new HashSet<((string, string) From, (string, string) To)>();
        bool grew;
        do
        {
            var found = edges.Where(e => reached.Contains(e.To) || (reached.Contains(e.From) && !call.Flag("destinationOnly"))).Where(e => !kept.Contains(e)).ToList();
            grew = found.Count > 0 && call.Flag("expandAll");
            found.ForEach(e => kept.Add(e));
            foreach (var (from, to) in found)
            {
                reached.Add(from);
                reached.Add(to);
            }
        }
        while (grew);
        return Graph(call.Tenant, kept.Count == 0 ? [] : reached, kept);
    }

    public static Answer OfNamespace(Call call, KestraState state)
    {
        var ns = call["namespace"];
        var flows = state[call.Tenant].Flows;
        var edges = Edges(flows).Where(e => e.From.Namespace == ns || e.To.Namespace == ns).ToList();
        return Graph(call.Tenant, flows.In(ns).Select(f => (f.Namespace, f.Id)).Concat(edges.SelectMany(e => new[] { e.From, e.To })).Distinct(), edges);
    }

    private static List<((string Namespace, string Id) From, (string Namespace, string Id) To)> Edges(FlowStore flows) =>
        [.. flows.Living().SelectMany(f => f.Subflows.Select(s => ((f.Namespace, f.Id), s))).Where(e => flows.Find(e.s.Namespace, e.s.Id) is not null).Distinct()];

    private static Answer Graph(string tenant, IEnumerable<(string Namespace, string Id)> nodes, IEnumerable<((string Namespace, string Id) From, (string Namespace, string Id) To)> edges)
    {
        string Uid((string Namespace, string Id) f) => $"{tenant}_{f.Namespace}_{f.Id}";
        return Answer.Json(new JsonObject
        {
            ["nodes"] = new JsonArray(nodes.Select(n => (JsonNode?)new JsonObject { ["uid"] = Uid(n), ["namespace"] = n.Namespace, ["id"] = n.Id }).ToArray()),
            ["edges"] = new JsonArray(edges.Select(e => (JsonNode?)new JsonObject { ["source"] = Uid(e.From), ["target"] = Uid(e.To), ["relation"] = "FLOW_TASK" }).ToArray()),
        });
    }
}

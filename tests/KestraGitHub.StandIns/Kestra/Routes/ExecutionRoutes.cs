using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>No flow runs here: a start is checked and acknowledged, nothing else.</summary>
internal static class ExecutionRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        _ = options;
        routes.Add("POST", "executions/{namespace}/{id}", call => Start(call, state), $"{RouteTable.Multipart} {RouteTable.Json}");
        routes.Add("GET", "executions/search", _ => Answer.Page([], 0));
        routes.Add("GET", "executions/{execution}", _ => throw KestraError.NotFound());
    }

    private static Answer Start(Call call, KestraState state)
    {
        var flow = state[call.Tenant].Flows.Find(call["namespace"], call["id"]) ?? throw KestraError.NotFound();
        if (flow.Disabled)
        {
            throw new KestraError(409, "Illegal state: Requested Flow is disabled.");
        }

        var id = Guid.NewGuid().ToString("N")[..22];
        var labels = flow.Labels.Select(l => (l.Key, l.Value)).Concat(call.All("labels").Select(l => l.Split(':', 2)).Select(l => (Key: l[0], Value: l.ElementAtOrDefault(1) ?? "")))
            .Append(("system.from", "api")).Append(("system.correlationId", id));
        return Answer.Json(new JsonObject
        {
            ["id"] = id,
            ["namespace"] = flow.Namespace,
            ["flowId"] = flow.Id,
            ["flowRevision"] = flow.Revision,
            ["labels"] = new JsonArray(labels.Select(l => (JsonNode?)new JsonObject { ["key"] = l.Item1, ["value"] = l.Item2 }).ToArray()),
            ["state"] = new JsonObject { ["current"] = "CREATED" },
            ["originalId"] = id,
            ["deleted"] = false,
            ["url"] = $"{call.BaseUrl}/ui/{call.Tenant}/executions/{flow.Namespace}/{flow.Id}/{id}",
        });
    }
}

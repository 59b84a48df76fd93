using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>
/// No flow runs here: a start is acknowledged, and from then on the execution is where it would end up, paused when a task
/// pauses, failed when one fails. Enough to ask what is running [live.running].
/// </summary>
internal static class ExecutionRoutes
{
    private const string Core = "io.kestra.plugin.core.";

    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        routes.Add("POST", "executions/{namespace}/{id}", call => Start(call, options, state), $"{RouteTable.Multipart} {RouteTable.Json}");
        if (!options.IsV2)
        {
            routes.Add("POST", "executions/trigger/{namespace}/{id}", call => Start(call, options, state), $"{RouteTable.Multipart} {RouteTable.Json}");
        }

        routes.Add("GET", "executions/search", call => Search(call, options, state));
        routes.Add("GET", "executions/{execution}", call => Answer.Json(Row(Find(call, state), options, call.Tenant, single: true)));
        routes.Add("DELETE", "executions/{execution}", call => state[call.Tenant].Executions.Remove(Find(call, state)) ? Answer.Empty(204) : Answer.Empty(404));
        routes.Add("DELETE", options.IsV2 ? "executions/{execution}/actions/kill" : "executions/{execution}/kill", call =>
        {
            var execution = Find(call, state);
            execution.State = execution.State is "PAUSED" ? "KILLED" : execution.State;
            return options.IsV2 ? Killed(Row(execution, options, call.Tenant, single: true)) : Answer.Empty(202);
        });
        routes.Add("GET", "triggers/{namespace}/{id}", call => Answer.Page(
            Triggers(call, options, state).Where(t => t.Flow.Namespace == call["namespace"] && t.Flow.Id == call["id"]).Select(t => (JsonNode?)t.Row).ToList() is var rows ? rows : [], rows.Count));
        routes.Add("GET", "triggers/search", call =>
        {
            var filter = FlowFilter.Read(call, options);
            var rows = Triggers(call, options, state).Where(t => filter(t.Flow))
                .Select(t => (JsonNode?)new JsonObject { [options.IsV2 ? "trigger" : "abstractTrigger"] = t.Trigger.ToJson(), [options.IsV2 ? "state" : "triggerContext"] = t.Row }).ToList();
            return Answer.Page(rows, rows.Count);
        });
    }

    private static Execution Find(Call call, KestraState state) =>
        state[call.Tenant].Executions.Find(e => e.Id == call["execution"]) ?? throw KestraError.NotFound();

    private static Answer Killed(JsonObject row)
    {
        row.Remove("tenantId");
        row["deleted"] = false;
        return Answer.Json(row, 200, "text/json");
    }

    private static Answer Start(Call call, KestraStandInOptions options, KestraState state)
    {
        var flows = state[call.Tenant].Flows;
        var flow = flows.Find(call["namespace"], call["id"]);
        if (call.Number("revision") is { } revision)
        {
            flow = flows.All(call["namespace"], call["id"]).FirstOrDefault(f => f.Revision == revision);
        }

        if (flow is null)
        {
            throw KestraError.NotFound("Requested Flow is not found.");
        }

        if (flow.Disabled)
        {
            throw new KestraError(409, "Illegal state: Requested Flow is disabled.");
        }

        var given = call.All("labels").Select(l => l.Split(':', 2)).ToList();
        if (given.Exists(l => l.Length < 2))
        {
            throw new KestraError(422, "Unprocessable Entity: Can't split the queryString parameter by ':'");
        }

        if (given.Find(l => l[0].StartsWith("system.", StringComparison.Ordinal)) is { } reserved)
        {
            throw KestraError.IllegalArgument($"System labels can only be set by Kestra itself, offending label: {reserved[0]}={reserved[1]}");
        }

        var text = FlowText.Read(flow.Source, options.IsV2);
        CheckInputs(call, text);
        var types = FlowValidator.Plugins(text.Root["tasks"] as YamlList, "tasks").Select(p => p.Task.Text("type")).ToList();
        var id = Guid.NewGuid().ToString("N")[..22];
        var execution = new Execution(
            id, flow, [.. flow.Labels, .. given.Select(l => (l[0], l[1])), ("system.from", "api"), ("system.correlationId", id)], DateTime.UtcNow, $"{call.BaseUrl}/ui/{call.Tenant}/executions/{flow.Namespace}/{flow.Id}/{id}")
        {
            State = types.Contains(Core + "flow.Pause") ? "PAUSED" : types.Contains(Core + "execution.Fail") ? "FAILED" : "SUCCESS",
        };
        state[call.Tenant].Executions.Add(execution);
        var row = Row(execution, options, call.Tenant, single: false);
        row.Remove("tenantId");
        row["deleted"] = false;
        row["url"] = execution.Url;
        row["metadata"] = Metadata(execution);
        if (!call.Flag("wait"))
        {
            row["state"] = new JsonObject { ["current"] = "CREATED" };
        }

        return Answer.Json(row);
    }

    private static void CheckInputs(Call call, FlowText text)
    {
        foreach (var input in ((text.Root["inputs"] as YamlList)?.Items ?? []).OfType<YamlMap>())
        {
            var id = input.Text("id");
            var value = call.Parts.FirstOrDefault(p => p.Name == id)?.Text;
            if (value is null && input["defaults"] is null && input.Text("required") != "false")
            {
                throw new KestraError(422, $"Invalid entity: Missing required input:{id}");
            }

            if (value is not null && input.Text("type") == "INT" && !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            {
                throw new KestraError(422, $"Invalid entity: Invalid value for input `{id}`. Cause: For input string: \"{value}\"");
            }
        }
    }

    private static Answer Search(Call call, KestraStandInOptions options, KestraState state)
    {
        var (page, size) = FlowSearchRoutes.Paging(call, "searchExecutions");
        var states = call.Query.Where(q => q.Key is "filters[state][EQUALS]" or "filters[state][IN]").SelectMany(q => q.Value.Split(',')).ToList();
        if (!options.IsV2)
        {
            states.AddRange(call.All("state").SelectMany(s => s.Split(',')));
        }

        var filter = FlowFilter.Read(call, options, "state", "startDate", "endDate", "timeRange", "kind", "childFilter");
        var flowId = options.IsV2 ? null : call.Single("flowId");
        var found = state[call.Tenant].Executions.Where(e => filter(e.Flow) && (flowId is null || e.Flow.Id == flowId) && (states.Count == 0 || states.Contains(e.State))).ToList();
        return Answer.Page(found, page, size, e => Row(e, options, call.Tenant, single: false));
    }

    private static IEnumerable<(FlowRevision Flow, YamlMap Trigger, JsonObject Row)> Triggers(Call call, KestraStandInOptions options, KestraState state)
    {
        foreach (var flow in state[call.Tenant].Flows.Living())
        {
            var text = FlowText.Read(flow.Source, options.IsV2);
            foreach (var trigger in ((text.Root["triggers"] as YamlList)?.Items ?? []).OfType<YamlMap>().Where(t => t.Text("type") == Core + "trigger.Schedule"))
            {
                var row = new JsonObject { ["namespace"] = flow.Namespace, ["flowId"] = flow.Id, ["triggerId"] = trigger.Text("id") };
                if (options.IsV2)
                {
                    row["updatedAt"] = Answer.Time(flow.Updated ?? DateTime.UtcNow);
                    row["disabled"] = trigger.Text("disabled") == "true";
                    row["locked"] = false;
                    row["kind"] = "SCHEDULE";
                }
                else
                {
                    row["tenantId"] = call.Tenant;
                    row["date"] = Answer.Time(flow.Updated ?? DateTime.UtcNow);
                    row["disabled"] = false; // What the source says does not show in 1.3 [live.triggers].
                }

                yield return (flow, trigger, row);
            }
        }
    }

    private static JsonObject Row(Execution execution, KestraStandInOptions options, string tenant, bool single)
    {
        var row = new JsonObject
        {
            ["id"] = execution.Id,
            ["namespace"] = execution.Flow.Namespace,
            ["flowId"] = execution.Flow.Id,
            ["flowRevision"] = execution.Flow.Revision,
            ["labels"] = new JsonArray(execution.Labels.Select(l => (JsonNode?)new JsonObject { ["key"] = l.Key, ["value"] = l.Value }).ToArray()),
            ["state"] = new JsonObject { ["current"] = execution.State, ["startDate"] = Answer.Time(execution.Started) },
            ["originalId"] = execution.Id,
        };
        if (options.IsV2)
        {
            row["tenantId"] = tenant;
        }
        else
        {
            row["deleted"] = false;
        }

        if (single || !options.IsV2)
        {
            row["metadata"] = Metadata(execution);
        }

        return row;
    }

    private static JsonObject Metadata(Execution execution) => new() { ["attemptNumber"] = 1, ["originalCreatedDate"] = Answer.Time(execution.Started) };
}

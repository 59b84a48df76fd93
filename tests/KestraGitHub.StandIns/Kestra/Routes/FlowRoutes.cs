using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>One flow: create, read, update, delete, its revisions and its neighbours.</summary>
internal static class FlowRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options, KestraStandIn standIn)
    {
        var state = standIn.State;
        routes.Add("POST", "flows", call => Create(call, options, state, call.Text), RouteTable.Yaml);
        routes.Add("PUT", "flows/{namespace}/{id}", call => Update(call, options, standIn, call.Text), RouteTable.Yaml);
        if (!options.IsV2)
        {
            // The JSON form of 1.3 takes whatever is not x-yaml and fails on most of it [flow.content-types].
            routes.Add("POST", "flows", call => Create(call, options, state, FromJson(call)), "*/*");
            routes.Add("PUT", "flows/{namespace}/{id}", call => Update(call, options, standIn, FromJson(call)), RouteTable.Json);
        }

        routes.Add("GET", "flows/{namespace}/{id}", call => Get(call, state));
        routes.Add("DELETE", "flows/{namespace}/{id}", call => Delete(call, state));
        routes.Add("GET", "flows/{namespace}/{id}/revisions", call => Revisions(call, state));
        routes.Add("DELETE", "flows/{namespace}/{id}/revisions", call => DeleteRevisions(call, options, state));
        routes.Add("GET", "flows/{namespace}/{id}/tasks/{task}", call => Task(call, options, state));
        routes.Add("GET", "flows/{namespace}/{id}/graph", call => state[call.Tenant].Flows.Find(call["namespace"], call["id"]) is null
            ? throw KestraError.NotFound()
            : Answer.Json(new JsonObject { ["nodes"] = new JsonArray(), ["edges"] = new JsonArray(), ["clusters"] = new JsonArray() }));
        routes.Add("GET", "flows/{namespace}/{id}/dependencies", call => Dependencies.OfFlow(call, state));
        routes.Add("GET", "namespaces/{namespace}/dependencies", call => Dependencies.OfNamespace(call, state));
    }

    /// <summary>What a write answers: the ids as a typed reader sees them, and no time of writing [flow.bad-ids: id off].</summary>
    public static JsonNode Written(FlowStore flows, FlowRevision flow, bool written, FlowText text, bool isV2)
    {
        if (!written)
        {
            return flows.Json(flow, withSource: true);
        }

        var json = text.ToJson(flow.Revision, isV2, converted: true);
        json["source"] = flow.Source;
        return json;
    }

    private static Answer Create(Call call, KestraStandInOptions options, KestraState state, string source)
    {
        if (call.Body.Length == 0)
        {
            throw KestraError.BodyMissing("flow");
        }

        var text = Read(call, options, source);
        if (!options.IsV2 && text.Root["namespace"] is YamlScalar { IsFloat: true })
        {
            throw new KestraError(500, "Internal server error: class java.lang.Double cannot be cast to class java.lang.String");
        }

        var flows = state[call.Tenant].Flows;
        state.Validator.Check(text);
        if (flows.Find(text.Namespace!, text.Id!) is not null)
        {
            throw options.IsV2
                ? new KestraError(409, $"Conflict: Flow '{text.Id}' already exists in namespace '{text.Namespace}'.")
                : KestraError.InvalidEntity(new Violation("Flow id already exists", "flow.id"));
        }

        var (flow, written) = flows.Write(text);
        var json = Written(flows, flow, written, text, options.IsV2);
        if (call.MediaType == RouteTable.Json)
        {
            ((JsonObject)json).Remove("source");
        }

        return Answer.Json(json);
    }

    private static Answer Update(Call call, KestraStandInOptions options, KestraStandIn standIn, string source)
    {
        if (call.Body.Length == 0)
        {
            throw KestraError.BodyMissing("source");
        }

        var flows = standIn.State[call.Tenant].Flows;
        if (flows.Find(call["namespace"], call["id"]) is null)
        {
            throw standIn.PutAbsentHangs ? new NeverAnswers() : KestraError.NotFound();
        }

        var text = Read(call, options, source);
        var moved = new List<Violation>();
        if (text.Id is not null && text.Id != call["id"])
        {
            moved.Add(new("Illegal flow id update", "flow.id"));
        }

        if (text.Namespace is not null && text.Namespace != call["namespace"])
        {
            moved.Add(new("Illegal namespace update", "flow.namespace"));
        }

        if (moved.Count > 0)
        {
            throw KestraError.InvalidEntity(moved);
        }

        standIn.State.Validator.Check(text, lenient: !options.IsV2);
        var (flow, written) = flows.Write(text);
        return Answer.Json(Written(flows, flow, written, text, options.IsV2));
    }

    /// <summary>`?draft=true` came with 2.0.0; the recorded web layer of 2.0 still ignores it [draft.life].</summary>
    private static FlowText Read(Call call, KestraStandInOptions options, string source)
    {
        var text = FlowText.Read(source, options.IsV2);
        return options is { ProblemDetails: true, IsV2: true } ? text.AsDraft(call.Flag("draft")) : text;
    }

    private static string FromJson(Call call)
    {
        if (call.MediaType is "text/plain")
        {
            throw new KestraError(422, "Internal server error: Cannot convert type [class java.lang.String] to target type: class io.kestra.core.models.flows.Flow. " +
                "Considering defining a TypeConverter bean to handle this case.");
        }

        if (call.MediaType is not (RouteTable.Json or "*/*" or "") || call.Body.Length == 0)
        {
            throw KestraError.BodyMissing("flow");
        }

        try
        {
            return YamlWriter.Write(JsonNode.Parse(call.Body));
        }
        catch (JsonException)
        {
            throw new KestraError(500, $"Internal server error: Unrecognized token '{call.Text.Split(':', ' ', '\n')[0]}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')");
        }
    }

    private static Answer Get(Call call, KestraState state)
    {
        var flows = state[call.Tenant].Flows;
        var all = flows.All(call["namespace"], call["id"]);
        var found = call.Number("revision") is { } revision
            ? all.FirstOrDefault(f => f.Revision == revision)
            : all is [.., var last] && (!last.Deleted || call.Flag("allowDeleted")) ? last : null;
        return Answer.Json(flows.Json(found ?? throw KestraError.NotFound(), call.Flag("source")));
    }

    private static Answer Delete(Call call, KestraState state)
    {
        var flows = state[call.Tenant].Flows;
        flows.Delete(flows.Find(call["namespace"], call["id"]) ?? throw KestraError.NotFound());
        return Answer.Empty(204);
    }

    private static Answer Revisions(Call call, KestraState state)
    {
        var flows = state[call.Tenant].Flows;
        var deletedToo = call.Flag("allowDelete");
        return Answer.List(flows.All(call["namespace"], call["id"]).Where(f => deletedToo || !f.Deleted).Select(f => flows.Json(f, withSource: true)));
    }

    private static Answer DeleteRevisions(Call call, KestraStandInOptions options, KestraState state)
    {
        var wanted = call.All("revisions").SelectMany(v => v.Split(',')).ToList();
        if (wanted.Count == 0)
        {
            throw KestraError.QueryMissing("revisions");
        }

        var numbers = wanted.Select(w => int.TryParse(w, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n)
            ? n : throw KestraError.Conversion("revisions", w, $"For input string: \"{w}\"")).ToList();
        if (numbers.FindIndex(n => n < 1) is >= 0 and var bad)
        {
            throw KestraError.InvalidEntity(new Violation("must be greater than or equal to 1", $"deleteRevisions.revisions[{bad}].<list element>"));
        }

        var flows = state[call.Tenant].Flows;
        var all = flows.All(call["namespace"], call["id"]);
        if (all.Count == 0)
        {
            throw KestraError.NotFound();
        }

        var last = all[^1];
        foreach (var revision in all.Where(f => numbers.Contains(f.Revision) && f != last).ToList())
        {
            revision.Deleted = true;
            revision.Updated = options.IsV2 ? revision.Updated : null; // The tombstones of 1.3 have no time [flow.delete-revisions].
        }

        if (numbers.Contains(last.Revision) && !last.Deleted)
        {
            flows.Delete(last); // Deleting the newest revision deletes the flow [flow.delete-revisions].
        }

        return Answer.Empty(204);
    }

    private static Answer Task(Call call, KestraStandInOptions options, KestraState state)
    {
        var flow = state[call.Tenant].Flows.Find(call["namespace"], call["id"]) ?? throw KestraError.NotFound();
        var text = FlowText.Read(flow.Source, options.IsV2);
        var task = FlowValidator.Plugins(text.Root["tasks"] as YamlList, "tasks").FirstOrDefault(p => p.Task.Text("id") == call["task"]).Task;
        return Answer.Json((task ?? throw KestraError.NotFound()).ToJson());
    }
}

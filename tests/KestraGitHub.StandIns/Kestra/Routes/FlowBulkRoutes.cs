using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>
/// Many flows at once. `delete` is true unless said otherwise: what is not in the body goes. The routes of the namespace
/// form also catch what was meant for flows/search, flows/import or flows/bulk with another content type [bulk.tenant, import.yaml].
/// </summary>
internal static partial class FlowBulkRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        routes.Add("POST", "flows/{namespace}", call => Namespace(call, options, state, Split(call.Text).Select(d => d.Trim(Blank)), call["namespace"]), RouteTable.Yaml);
        routes.Add("POST", "flows/{namespace}", call => Parts(call, options, state), RouteTable.Multipart);
        routes.Add("POST", "flows/bulk", call => Namespace(call, options, state, Split(call.Text), call.Single("namespace")), RouteTable.Yaml);
        routes.Add("DELETE", "flows/delete/by-ids", call => ByIds(call, state, Delete), RouteTable.Json);
        routes.Add("POST", "flows/disable/by-ids", call => ByIds(call, state, (f, t) => Switch(f, t, options, disabled: true)), RouteTable.Json);
        routes.Add("POST", "flows/enable/by-ids", call => ByIds(call, state, (f, t) => Switch(f, t, options, disabled: false)), RouteTable.Json);
        routes.Add("DELETE", "flows/delete/by-query", call => ByQuery(call, options, state, Delete));
        routes.Add("POST", "flows/disable/by-query", call => ByQuery(call, options, state, (f, t) => Switch(f, t, options, disabled: true)));
        routes.Add("POST", "flows/enable/by-query", call => ByQuery(call, options, state, (f, t) => Switch(f, t, options, disabled: false)));
        routes.Add("POST", "flows/export/by-ids", call => Export(call, state), RouteTable.Json, RouteTable.Binary);
    }

    /// <summary>What Java's trim takes away; not a byte order mark.</summary>
    private static char[] Blank { get; } = [.. Enumerable.Range(0, 33).Select(i => (char)i)];

    /// <summary>The identities in a JSON body; a single object counts as a list of one [export.by-ids: object].</summary>
    public static List<(string Namespace, string Id)> Ids(Call call)
    {
        JsonNode? node = null;
        try
        {
            node = call.Body.Length == 0 ? null : JsonNode.Parse(call.Body);
        }
        catch (JsonException e)
        {
            throw new KestraError(422, "Invalid json mapping", new Violation($"Failed to convert argument [ids] for value [null] due to: {e.Message}", "java.util.ArrayList[0]"));
        }

        var items = node switch
        {
            JsonArray list => list.OfType<JsonObject>(),
            JsonObject one => [one],
            _ => throw KestraError.BodyMissing("ids"),
        };
        return [.. items.Select(i => (Text(i["namespace"]), Text(i["id"])))];

        static string Text(JsonNode? value) => value is JsonValue v && v.TryGetValue(out string? s) ? s : "";
    }

    private static Answer Parts(Call call, KestraStandInOptions options, KestraState state)
    {
        var ns = call["namespace"];
        var sources = call.Files("flows").Select(p => p.Text.Trim(Blank));
        if (call.Flag("override"))
        {
            sources = sources.Select(s => NamespaceLine().Replace(s, $"namespace: {ns}", 1));
        }

        return Namespace(call, options, state, sources, ns);
    }

    /// <summary>Cut at every `---`, wherever it stands, as Java cuts: no empty pieces at the end [bulk.split].</summary>
    private static List<string> Split(string body)
    {
        if (body.Length == 0)
        {
            return [];
        }

        var pieces = body.Split("---").ToList();
        while (pieces.Count > 1 && pieces[^1].Length == 0)
        {
            pieces.RemoveAt(pieces.Count - 1);
        }

        return pieces;
    }

    private static Answer Namespace(Call call, KestraStandInOptions options, KestraState state, IEnumerable<string> sources, string? ns)
    {
        // In this order, and nothing is undone: read all, check identities, delete, then write one after another [bulk.partial].
        var texts = sources.Select(s => FlowText.Read(s, options.IsV2)).ToList();
        if (ns is not null)
        {
            CheckNamespaces(call, texts, ns);
        }

        if (texts.Where(t => t.Id is not null).GroupBy(t => t.Id, StringComparer.Ordinal).Any(g => g.Count() > 1))
        {
            throw KestraError.InvalidEntity(new Violation("Duplicate flow id", "flow.id"));
        }

        var flows = state[call.Tenant].Flows;
        var answer = new List<JsonNode?>();
        if (call.Flag("delete", otherwise: true))
        {
            // By id alone: a flow of the same id in another namespace stays.
            var stay = texts.Select(t => t.Id).ToHashSet();
            foreach (var gone in (ns is null ? flows.Living() : flows.In(ns)).Where(f => !stay.Contains(f.Id)).ToList())
            {
                answer.Add(flows.Json(gone, withSource: true));
                flows.Delete(gone);
            }
        }

        foreach (var text in texts)
        {
            Check(text, flows, options, state.Validator);
            var (flow, written) = flows.Write(text);
            answer.Add(FlowRoutes.Written(flows, flow, written, text, options.IsV2));
        }

        return Answer.List(answer);
    }

    private static void CheckNamespaces(Call call, List<FlowText> texts, string ns)
    {
        if (texts.Exists(t => t.Namespace is null))
        {
            throw new KestraError(500, "Internal server error: Cannot invoke \"String.equals(Object)\" because the return value of \"io.kestra.core.models.flows.GenericFlow.getNamespace()\" is null");
        }

        // Children are told by the beginning of the text alone: rec.bt2 counts as a child of rec.bt [bulk.tenant].
        var childrenToo = call.Flag("allowNamespaceChild");
        var strangers = texts.Where(t => t.Namespace != ns && !(childrenToo && t.Namespace!.StartsWith(ns, StringComparison.Ordinal))).ToList();
        if (strangers.Count > 0)
        {
            throw KestraError.InvalidEntity([.. strangers.Select(s => new Violation($"{call.Tenant}_{s.Namespace}_{s.Id}_-1 - flow namespace is invalid", "flow.namespace"))]);
        }
    }

    private static void Check(FlowText text, FlowStore flows, KestraStandInOptions options, FlowValidator validator)
    {
        if (text.Namespace is null || text.Id is null || flows.Find(text.Namespace, text.Id) is null)
        {
            validator.Check(text);
            return;
        }

        try
        {
            validator.Check(text, lenient: !options.IsV2);
        }
        catch (KestraError e)
        {
            // For a flow that exists the same fault comes out as 500 [bulk.partial: existing flow becomes invalid].
            throw new KestraError(500, $"Internal server error: jakarta.validation.ConstraintViolationException: {e.Message}");
        }
    }

    /// <summary>Stops at the first missing one; what was done stays done [byids.delete].</summary>
    private static Answer ByIds(Call call, KestraState state, Func<FlowRevision, FlowStore, bool> work)
    {
        var flows = state[call.Tenant].Flows;
        var count = 0;
        foreach (var (ns, id) in Ids(call))
        {
            count += work(flows.Find(ns, id) ?? throw KestraError.NotFound("No value present"), flows) ? 1 : 0;
        }

        return Answer.Count(count);
    }

    private static Answer ByQuery(Call call, KestraStandInOptions options, KestraState state, Func<FlowRevision, FlowStore, bool> work)
    {
        var flows = state[call.Tenant].Flows;
        var filter = FlowFilter.Read(call, options);
        return Answer.Count(flows.Living().Where(filter).ToList().Count(f => work(f, flows)));
    }

    private static bool Delete(FlowRevision flow, FlowStore flows)
    {
        flows.Delete(flow);
        return true;
    }

    /// <summary>The switch is written into the source: replaced where it stands, appended otherwise.</summary>
    private static bool Switch(FlowRevision flow, FlowStore flows, KestraStandInOptions options, bool disabled)
    {
        if (flow.Disabled == disabled)
        {
            return false;
        }

        var word = disabled ? "true" : "false";
        var source = DisabledLine().IsMatch(flow.Source) ? DisabledLine().Replace(flow.Source, $"disabled: {word}", 1) : $"{flow.Source}\ndisabled: {word}";
        flows.Write(FlowText.Read(source, options.IsV2).AsDraft(flow.Draft));
        return true;
    }

    private static Answer Export(Call call, KestraState state)
    {
        var flows = state[call.Tenant].Flows;
        var wanted = Ids(call).Select(i => flows.Find(i.Namespace, i.Id) ?? throw KestraError.NotFound("No value present"));
        return Answer.Zip("flows.zip", wanted.Select(f => ($"{f.Namespace}.{f.Id}.yaml", System.Text.Encoding.UTF8.GetBytes(f.Source))));
    }

    [GeneratedRegex(@"^namespace:[^\n]*", RegexOptions.Multiline)]
    internal static partial Regex NamespaceLine();

    [GeneratedRegex(@"^disabled\s*:[^\r\n]*", RegexOptions.Multiline)]
    private static partial Regex DisabledLine();
}

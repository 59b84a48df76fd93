using System.Text;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Apps: enterprise only. The server names each by a uid of its own, which stands in no source; a search brings no sources.</summary>
internal static class AppRoutes
{
    private static readonly string[] Required = ["id", "namespace", "type", "displayName"];

    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        if (!options.IsEnterprise)
        {
            return; // 404 for all of them [ee.paths].
        }

        routes.Add("GET", "apps/search", call => Search(call, options, state));
        routes.Add("GET", "apps/{uid}", call => Answer.Json(WithSource(Find(call, state))));
        routes.Add("POST", "apps/export", call => Export(call, state), RouteTable.Json, RouteTable.Binary);
        routes.Add("POST", "apps", call => Create(call, state), RouteTable.Yaml);
        routes.Add("PUT", "apps/{uid}", call => Update(call, state), RouteTable.Yaml);
        routes.Add("DELETE", "apps/{uid}", call => state[call.Tenant].Apps.Remove(Find(call, state).Uid) ? Answer.Json(new JsonObject()) : throw KestraError.NotFound());
    }

    private static EnterpriseObject Find(Call call, KestraState state) => state[call.Tenant].Apps.GetValueOrDefault(call["uid"]) ?? throw KestraError.NotFound();

    private static Answer Export(Call call, KestraState state)
    {
        var uids = JsonNode.Parse(call.Text)?["uids"]?.AsArray().Select(u => u!.GetValue<string>()) ?? throw KestraError.BodyMissing("request");
        return Answer.Zip("apps.zip", uids.Select(u => state[call.Tenant].Apps.GetValueOrDefault(u) ?? throw KestraError.NotFound())
            .Select(a => ($"{a.Namespace}-{a.Id}.yaml", Encoding.UTF8.GetBytes(a.Source))).ToList());
    }

    private static Answer Create(Call call, KestraState state)
    {
        var app = EnterpriseObject.Read(call, "app", Required) with { Uid = Guid.NewGuid().ToString("N")[..22] };
        var apps = state[call.Tenant].Apps;
        if (apps.Values.Any(a => a.Namespace == app.Namespace && a.Id == app.Id))
        {
            throw KestraError.InvalidEntity(new Violation("App id already exists", "app.id"));
        }

        apps[app.Uid] = app;
        return Answer.Json(WithSource(app));
    }

    private static Answer Update(Call call, KestraState state)
    {
        var before = Find(call, state);
        var app = EnterpriseObject.Read(call, "app", Required) with { Uid = before.Uid, Created = before.Created };
        if (app.Id != before.Id || app.Namespace != before.Namespace)
        {
            throw KestraError.InvalidEntity(new Violation("Illegal app id or namespace update", "app.id"));
        }

        return Answer.Json(WithSource(state[call.Tenant].Apps[before.Uid] = app.Source == before.Source ? before : app));
    }

    private static Answer Search(Call call, KestraStandInOptions options, KestraState state)
    {
        var (page, size) = FlowSearchRoutes.Paging(call, "searchApps");
        var columns = new Dictionary<string, Func<EnterpriseObject, string>> { ["name"] = a => a.Root.Text("displayName") ?? "", ["updated"] = a => a.Updated.ToString("O") };
        var ns = options.IsV2 ? call.Single("filters[namespace][EQUALS]") : call.Single("namespace");
        var found = FlowSearchRoutes.Sort(call, state[call.Tenant].Apps.Values.Where(a => ns is null || a.Namespace == ns), columns, options.IsV2).ToList();
        return Answer.Page(found, page, size, Row);
    }

    private static JsonObject Row(EnterpriseObject app) => new()
    {
        ["uid"] = app.Uid, ["id"] = app.Id, ["name"] = app.Root.Text("displayName"), ["type"] = app.Root.Text("type"), ["namespace"] = app.Namespace,
        ["flowId"] = app.Root.Text("flowId"), ["tags"] = new JsonArray(), ["enabled"] = app.Root.Text("disabled") != "true",
        ["created"] = Answer.Time(app.Created), ["updated"] = Answer.Time(app.Updated),
    };

    private static JsonObject WithSource(EnterpriseObject app) => new()
    {
        ["uid"] = app.Uid, ["name"] = app.Root.Text("displayName"), ["namespace"] = app.Namespace, ["tags"] = new JsonArray(),
        ["disabled"] = app.Root.Text("disabled") == "true", ["source"] = app.Source,
        ["created"] = Answer.Time(app.Created), ["updated"] = Answer.Time(app.Updated),
    };
}

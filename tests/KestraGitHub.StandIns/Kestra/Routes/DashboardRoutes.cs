using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Dashboards: one tenant, no namespaces, no revisions. 2.0 OSS lists none and takes none.</summary>
internal static class DashboardRoutes
{
    private static readonly string[] Required = ["id", "title"];

    public static bool Enabled(KestraStandInOptions options) => !options.IsV2 || options.IsEnterprise;

    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        routes.Add("GET", "dashboards", call => List(call, options, state));
        routes.Add("GET", "dashboards/{id}", call => Answer.Json(Row(call, state[call.Tenant].Dashboards.GetValueOrDefault(call["id"]) ?? throw KestraError.NotFound())));
        if (!Enabled(options))
        {
            return; // The other methods then answer 405.
        }

        routes.Add("POST", "dashboards", call => Create(call, state), RouteTable.Yaml);
        routes.Add("PUT", "dashboards/{id}", call => Update(call, state), RouteTable.Yaml);
        routes.Add("DELETE", "dashboards/{id}", call => state[call.Tenant].Dashboards.Remove(call["id"]) ? Answer.Empty(204)
            : throw (options.IsV2 ? KestraError.NotFound() : new KestraError(409, $"Illegal state: Dashboard {call["id"]} doesn't exists")));
        routes.Add("POST", "dashboards/validate", call => Answer.Validation(() => Read(call)), RouteTable.Yaml);
    }

    private static Answer Create(Call call, KestraState state)
    {
        var root = Read(call);
        var dashboards = state[call.Tenant].Dashboards;
        var id = root.Text("id")!;
        if (dashboards.ContainsKey(id))
        {
            throw KestraError.InvalidEntity(new Violation("Dashboard id already exists", "dashboard.id"));
        }

        var now = DateTime.UtcNow;
        dashboards[id] = new Dashboard { Id = id, Source = call.Text, Root = root, Created = now, Updated = now };
        return Answer.Json(Row(call, dashboards[id]));
    }

    private static Answer Update(Call call, KestraState state)
    {
        if (call.Body.Length == 0)
        {
            throw KestraError.BodyMissing("dashboard");
        }

        var dashboards = state[call.Tenant].Dashboards;
        if (!dashboards.TryGetValue(call["id"], out var before))
        {
            throw KestraError.NotFound();
        }

        var root = Read(call);
        if (root.Text("id") != call["id"])
        {
            throw KestraError.InvalidEntity(new Violation("Illegal dashboard id update", "dashboard.id"));
        }

        if (before.Source != call.Text)
        {
            dashboards[before.Id] = new Dashboard { Id = before.Id, Source = call.Text, Root = root, Created = before.Created, Updated = DateTime.UtcNow };
        }

        return Answer.Json(Row(call, dashboards[before.Id]));
    }

    private static Answer List(Call call, KestraStandInOptions options, KestraState state)
    {
        var (page, size) = FlowSearchRoutes.Paging(call, "searchDashboards");
        var q = call.Single("q");
        var columns = new Dictionary<string, Func<Dashboard, string>> { ["id"] = d => d.Id, ["title"] = d => d.Root.Text("title") ?? "", ["updated"] = d => d.Updated.ToString("O") };
        var found = FlowSearchRoutes.Sort(call, state[call.Tenant].Dashboards.Values.Where(d => q is null || FlowFilter.Contains(d.Root.Text("title") ?? "", q)), columns, options.IsV2).ToList();
        return Answer.Page(found, page, size, d => Row(call, d));
    }

    private static YamlMap Read(Call call) => call.Body.Length == 0
        ? throw KestraError.BodyMissing("dashboard")
        : YamlBody.Read(call.Text, Required, "Cannot construct instance of `io.kestra.core.models.dashboards.Dashboard`");

    private static JsonObject Row(Call call, Dashboard dashboard)
    {
        var json = new JsonObject { ["tenantId"] = call.Tenant, ["id"] = dashboard.Id };
        foreach (var (key, value) in dashboard.Root.Entries.Where(e => e.Key != "id"))
        {
            json[key] = value.ToJson();
        }

        json["deleted"] = false;
        json["created"] = Answer.Time(dashboard.Created);
        json["updated"] = Answer.Time(dashboard.Updated);
        json["sourceCode"] = dashboard.Source;
        return json;
    }
}

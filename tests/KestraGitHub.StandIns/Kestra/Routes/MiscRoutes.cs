using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Probes: ping, configuration, plugins.</summary>
internal static class MiscRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options)
    {
        var uuid = Guid.NewGuid().ToString("N")[..22];
        routes.Add("GET", "/ping", _ => new Answer(200, RouteTable.Json, "pong"u8.ToArray()), open: true);
        routes.Add("GET", "/", _ => Answer.Empty(307).With("Location", "/ui/"), produces: "text/html", open: true);
        routes.Add("GET", "/api/v1/basicAuthValidationErrors", _ => Answer.List([]), open: true);
        routes.Add("GET", "/api/v1/configs", call => Answer.Json(Configs(call, options, uuid)), open: !options.ProblemDetails);
        routes.Add("GET", "/api/v1/plugins/{type}", call => throw KestraError.NotFound($"Class '{call["type"]}' doesn't exists "));
        routes.Add("GET", "/api/v1/plugins", _ => Answer.List([]));
        if (options.ProblemDetails)
        {
            routes.Add("GET", "/api/v1/configs/login", _ => Answer.Json(new JsonObject { ["isBasicAuthInitialized"] = true }), open: true);
        }

        if (options.IsEnterprise)
        {
            // EE has tenants of its own; here each exists as soon as it is spoken of.
            routes.Add("GET", "/api/v1/tenants/{id}", call => Answer.Json(new JsonObject { ["id"] = call["id"], ["name"] = call["id"] }));
        }
    }

    private static JsonObject Configs(Call call, KestraStandInOptions options, string uuid)
    {
        var configs = new JsonObject
        {
            ["uuid"] = uuid,
            ["version"] = options.FullVersion,
            ["edition"] = options.Edition.ToUpperInvariant(),
            ["chartDefaultDuration"] = "PT24H",
            ["isCustomDashboardsEnabled"] = DashboardRoutes.Enabled(options),
            ["isAnonymousUsageEnabled"] = false,
            ["isUiAnonymousUsageEnabled"] = false,
            ["url"] = call.BaseUrl + "/",
            ["preview"] = new JsonObject { ["initial"] = 100, ["max"] = 5000 },
            ["systemNamespace"] = "system",
            ["hiddenLabelsPrefixes"] = new JsonArray("system.", "internal."),
            ["isBasicAuthInitialized"] = true,
            ["pluginsHash"] = options.IsV2 ? 3499524218 : 2812893150,
            ["isConcurrencyViewEnabled"] = true,
        };
        if (!options.IsV2)
        {
            configs["isTemplateEnabled"] = false;
        }

        if (options.IsEnterprise)
        {
            configs["tenants"] = new JsonObject { ["storageByTenant"] = false, ["secretByTenant"] = false };
            configs["secretsEnabled"] = true;
            configs["inMaintenance"] = false;
            configs["features"] = new JsonArray();
        }

        return configs;
    }
}

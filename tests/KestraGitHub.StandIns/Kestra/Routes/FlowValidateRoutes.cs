using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Validation always answers 200 with one row per document.</summary>
internal static partial class FlowValidateRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        routes.Add("POST", "flows/validate", call => Answer.List(Split(call.Text).Select((d, i) => Row(call, options, state, d, i, null))), RouteTable.Yaml);
        routes.Add("POST", "flows/validate", call => Answer.List(call.Files("flows").Select((p, i) => Row(call, options, state, p.Text, i, p.FileName))), RouteTable.Multipart);
        if (!options.IsV2)
        {
            routes.Add("POST", "flows/validate", call => throw new KestraError(500,
                $"Internal server error: Unrecognized token '{call.Text.Split(':')[0]}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"), RouteTable.Json);
        }

        routes.Add("POST", "flows/validate/task", call => Plugin(call, options), $"{RouteTable.Yaml} {RouteTable.Json}");
        routes.Add("POST", "flows/validate/trigger", call => Plugin(call, options), $"{RouteTable.Yaml} {RouteTable.Json}");
    }

    /// <summary>Cut at a line that begins with three dashes, but not at the very beginning.</summary>
    private static string[] Split(string body)
    {
        var pieces = Marker().Split(body).ToList();
        while (pieces.Count > 1 && pieces[^1].Length == 0)
        {
            pieces.RemoveAt(pieces.Count - 1);
        }

        return [.. pieces];
    }

    private static JsonObject Row(Call call, KestraStandInOptions options, KestraState state, string source, int index, string? file)
    {
        var row = new JsonObject { ["index"] = index };
        if (file is not null)
        {
            row["filename"] = file;
        }

        FlowText text;
        try
        {
            // Duplicate keys pass here, though no write takes them [validate.basic: duplicate key].
            text = FlowText.Read(source, options.IsV2, refuseDuplicates: false);
            if (!text.Draft)
            {
                state.Validator.CheckModel(text);
            }
        }
        catch (KestraError e)
        {
            row["constraints"] = "Validation error: " + e.Message.Replace("Invalid entity: ", "", StringComparison.Ordinal).Replace("genericflow", "Flow", StringComparison.Ordinal);
            row["outdated"] = false;
            return row;
        }

        var flows = state[call.Tenant].Flows;
        row["flow"] = text.Id;
        row["namespace"] = text.Namespace;
        var violations = text.Draft ? [] : state.Validator.Constraints(text);
        if (violations.Count > 0)
        {
            row["constraints"] = "Validation error: " + string.Concat(violations.Select(v => v.Path.Length == 0 ? $" {v.Message}\n" : $"{v.Path}: {v.Message}\n"));
        }

        var last = text is { Namespace: { } ns, Id: { } id } && flows.All(ns, id) is [.., var newest] ? newest.Revision : 0;
        row["outdated"] = text.Revision is { } revision && revision != last + 1;
        row["deprecationPaths"] = Strings(state.Validator.Deprecations(text));
        row["warnings"] = Strings(FlowValidator.Subflows(text).Distinct().Select(s => flows.Find(s.Namespace, s.Id) switch
        {
            null => $"The subflow '{s.Id}' not found in namespace '{s.Namespace}'.",
            { Disabled: true } => $"The subflow '{s.Id}' is disabled in namespace '{s.Namespace}'.",
            _ => null,
        }).OfType<string>());
        row["infos"] = Strings(state.Validator.Infos(text));
        return row;
    }

    private static Answer Plugin(Call call, KestraStandInOptions options)
    {
        var row = new JsonObject { ["index"] = 0, ["outdated"] = false };
        try
        {
            var type = (YamlReader.Read(call.Text, false) as YamlMap)?.Text("type") ?? "";
            if (!KnownTypes.IsInstalled(type, options.IsV2, options.Plugins))
            {
                row["constraints"] = $"Invalid type: {type}";
            }
        }
        catch (YamlFault e)
        {
            row["constraints"] = e.Message;
        }

        return Answer.Json(row);
    }

    private static JsonArray Strings(IEnumerable<string> items) => new(items.Select(i => (JsonNode?)JsonValue.Create(i)).ToArray());

    [GeneratedRegex(@"\n+---\n*?")]
    private static partial Regex Marker();
}

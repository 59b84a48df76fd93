using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.Definitions;

/// <summary>
/// The JSON Schema of a definition, made of the tables that it is checked with. It knows less than the check itself, and refuses nothing that passes it:
/// a property that is missing may stand in <c>pluginDefaults</c>, and any value may be an expression.
/// </summary>
internal static class DefinitionSchema
{
    private const string Resource = "x-kestra-github.schema.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema of <c>x-kestra-github</c> alone, as it is written by hand.</summary>
    public static string OwnKey { get; } = Read();

    public static string Whole()
    {
        var own = JsonNode.Parse(OwnKey)!.AsObject();
        var definitions = own["$defs"]!.DeepClone().AsObject();
        foreach (var meta in (string[])["$schema", "$defs"]) own.Remove(meta);
        definitions["own"] = own.DeepClone();
        definitions["task"] = Task();
        definitions["step"] = new JsonObject
        {
            // Inside a Dag a task stands one level deeper, beside what it waits for.
            ["if"] = new JsonObject { ["required"] = new JsonArray("task") },
            ["then"] = new JsonObject { ["properties"] = new JsonObject { ["task"] = new JsonObject { ["$ref"] = "#/$defs/task" } } },
            ["else"] = new JsonObject { ["$ref"] = "#/$defs/task" },
        };
        definitions["trigger"] = Trigger();
        foreach (var (name, specs) in GitTasks.All) definitions[name] = Properties([.. specs, .. GitTasks.Common]);
        definitions["Webhook"] = Properties([.. FlowMembers.Webhook, .. FlowMembers.TriggerCommon]);
        definitions["Schedule"] = Properties([.. FlowMembers.Schedule, .. FlowMembers.TriggerCommon]);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Sync definition",
            ["description"] = "A Kestra flow file with tasks of io.kestra.plugin.git, as KestraGitHub loads it.",
            ["type"] = "object",
            ["required"] = new JsonArray("id", "namespace", "tasks"),
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(FlowMembers.Flow.Keys.Order(StringComparer.Ordinal).Select(name => KeyValuePair.Create<string, JsonNode?>(name, Member(name)))),
            ["$defs"] = definitions,
        }.ToJsonString(Indented);
    }

    private static JsonObject Member(string name) => name switch
    {
        "id" => new JsonObject { ["type"] = "string", ["pattern"] = "^[a-zA-Z0-9][a-zA-Z0-9._-]*$", ["maxLength"] = 100 },
        "namespace" => new JsonObject { ["type"] = "string", ["pattern"] = "^[a-z0-9][a-z0-9._-]*$", ["maxLength"] = 150 },
        "tasks" => ListOf("task"),
        "triggers" => ListOf("trigger"),
        FlowMembers.Own => new JsonObject { ["$ref"] = "#/$defs/own" },
        _ => FlowMembers.Flow[name] is { Length: > 0 } effect ? new JsonObject { ["description"] = $"No effect here: {effect}." } : [],
    };

    /// <summary>A task of the plugin has its own properties; any other is let pass, with the tasks that it holds.</summary>
    private static JsonObject Task() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("id", "type"),
        ["properties"] = new JsonObject
        {
            ["id"] = new JsonObject { ["type"] = "string" },
            ["type"] = new JsonObject { ["type"] = "string", ["examples"] = Names(GitTasks.All.Keys.Select(n => GitTasks.Prefix + n)) },
            ["tasks"] = ListOf("step"),
        },
        ["allOf"] = new JsonArray([.. GitTasks.All.Keys.Select(name => Where([GitTasks.Prefix + name], name))]),
    };

    private static JsonObject Trigger() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("id", "type"),
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string", ["examples"] = Names(["io.kestra.plugin.core.trigger.Webhook", "io.kestra.plugin.core.trigger.Schedule"]) },
        },
        ["allOf"] = new JsonArray(
            Where(["io.kestra.plugin.core.trigger.Webhook", "io.kestra.core.models.triggers.types.Webhook"], "Webhook"),
            Where(["io.kestra.plugin.core.trigger.Schedule", "io.kestra.core.models.triggers.types.Schedule"], "Schedule")),
    };

    private static JsonObject Where(IEnumerable<string> types, string shape) => new JsonObject
    {
        ["if"] = new JsonObject { ["required"] = new JsonArray("type"), ["properties"] = new JsonObject { ["type"] = new JsonObject { ["enum"] = Names(types) } } },
        ["then"] = new JsonObject { ["$ref"] = $"#/$defs/{shape}" },
    };

    private static JsonObject Properties(IReadOnlyList<PropertySpec> specs) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(specs.DistinctBy(s => s.Name).Select(s => KeyValuePair.Create<string, JsonNode?>(s.Name, Value(s)))),
    };

    private static JsonObject Value(PropertySpec spec)
    {
        var shape = spec.Enum is { } words ? OrExpression(new JsonObject { ["enum"] = Names(words) }) : spec.Kind switch
        {
            PropertyKind.Flag => OrExpression(new JsonObject { ["type"] = "boolean" }, new JsonObject { ["type"] = "string", ["pattern"] = "^([Tt]rue|TRUE|[Ff]alse|FALSE)$" }),
            PropertyKind.Number => OrExpression(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string", ["pattern"] = "^[+-]?[0-9]+$" }),
            PropertyKind.Text => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean", "null") },
            PropertyKind.Auth => Properties(GitTasks.AuthMembers),
            PropertyKind.TextOrList => new JsonObject { ["type"] = new JsonArray("string", "array", "null") },
            _ => [],
        };
        if (spec.Default is { } @default) shape["description"] = $"Default: {@default}";
        else if (spec.Required) shape["description"] = "Required, here or in pluginDefaults.";
        return shape;
    }

    private static JsonObject OrExpression(params JsonObject[] shapes) => new()
    {
        ["anyOf"] = new JsonArray([.. shapes, new JsonObject { ["type"] = "string", ["pattern"] = @"\{[{%]" }, new JsonObject { ["type"] = "null" }]),
    };

    private static JsonObject ListOf(string shape) => new() { ["type"] = new JsonArray("array", "null"), ["items"] = new JsonObject { ["$ref"] = $"#/$defs/{shape}" } };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(n => JsonValue.Create(n))]);

    private static string Read()
    {
        using var reader = new StreamReader(typeof(DefinitionSchema).Assembly.GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd().TrimEnd();
    }
}

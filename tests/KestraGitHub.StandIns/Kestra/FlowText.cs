using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra;

/// <summary>A flow source as far as the server reads it before it looks at plugins.</summary>
internal sealed partial class FlowText
{
    private static readonly string[] Lists = ["tasks", "errors", "finally", "triggers", "inputs", "outputs", "afterExecution", "listeners"];

    private FlowText(string source, YamlMap root) => (Source, Root) = (source, root);

    public string Source { get; }

    public YamlMap Root { get; }

    public string? Id { get; private init; }

    public string? Namespace { get; private init; }

    public string? Description { get; private init; }

    public bool Disabled { get; private init; }

    public bool Deleted { get; private init; }

    public bool Draft { get; init; }

    public int? Revision { get; private init; }

    public IReadOnlyList<(string Key, string Value)> Labels { get; private init; } = [];

    public static FlowText Read(string source, bool isV2, bool refuseDuplicates = true)
    {
        YamlNode node;
        try
        {
            node = YamlReader.Read(source, refuseDuplicates);
        }
        catch (YamlFault fault)
        {
            throw KestraError.Yaml(fault.Message);
        }

        if (node is YamlScalar { IsNull: true })
        {
            // The server trips over its own null [flow.bad-bodies: null].
            throw new KestraError(500, "Internal server error: Cannot invoke \"io.kestra.core.models.flows.GenericFlow.toBuilder()\" because \"parsed\" is null");
        }

        if (node is not YamlMap root)
        {
            throw KestraError.Yaml("Cannot construct instance of `io.kestra.core.models.flows.GenericFlow`");
        }

        foreach (var name in Lists)
        {
            if (root[name] is { } value and not YamlList and not YamlScalar { IsNull: true }
                || root[name] is YamlList list && name is "tasks" or "triggers" && ((root[name] as YamlList)?.Items.Any(i => i is not YamlMap) ?? false))
            {
                throw KestraError.Yaml($"Cannot deserialize value of type `java.util.ArrayList` (through reference chain: GenericFlow[\"{name}\"])");
            }
        }

        CheckInputs(root, isV2);
        return new FlowText(source, root)
        {
            Id = Scalar(root, "id"),
            Namespace = Scalar(root, "namespace"),
            Description = Scalar(root, "description"),
            Disabled = Flag(root, "disabled"),
            Deleted = Flag(root, "deleted"),
            Draft = isV2 && Flag(root, "draft"),
            Revision = int.TryParse(Scalar(root, "revision"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var r) ? r : null,
            Labels = ReadLabels(root["labels"]),
        };
    }

    public FlowText AsDraft(bool draft) => new(Source, Root)
    {
        Id = Id, Namespace = Namespace, Description = Description, Disabled = Disabled, Deleted = Deleted, Revision = Revision, Labels = Labels,
        Draft = Draft || draft,
    };

    /// <summary>The flow as JSON without its source. `converted`: ids as the answer to a write spells them.</summary>
    public JsonObject ToJson(int revision, bool isV2, bool converted)
    {
        var json = new JsonObject
        {
            ["id"] = converted && Root["id"] is YamlScalar id ? id.Converted() : Id,
            ["namespace"] = converted && Root["namespace"] is YamlScalar ns ? ns.Converted() : Namespace,
            ["revision"] = revision,
        };
        if (Description is not null)
        {
            json["description"] = Description;
        }

        json["disabled"] = Disabled;
        json["deleted"] = Deleted;
        if (isV2)
        {
            json["draft"] = Draft;
        }

        if (Labels.Count > 0)
        {
            json["labels"] = new JsonArray(Labels.Select(l => (JsonNode?)new JsonObject { ["key"] = l.Key, ["value"] = l.Value }).ToArray());
        }

        foreach (var (key, value) in Root.Entries)
        {
            if (!json.ContainsKey(key) && key is not ("source" or "tenantId" or "labels" or "draft") && (key != "updated" || converted))
            {
                json[key] = value.ToJson();
            }
        }

        return json;
    }

    /// <summary>The text that decides whether a write changes anything: without its first `revision: N` line [flow.unchanged].</summary>
    public static string Comparable(string source) => RevisionLine().Replace(source, "", 1);

    private static string? Scalar(YamlMap root, string key) => root[key] switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlScalar s => s.Text,
        _ => throw KestraError.Yaml($"Cannot deserialize value of type `java.lang.String` (through reference chain: GenericFlow[\"{key}\"])"),
    };

    private static bool Flag(YamlMap root, string key) => root[key] switch
    {
        null or YamlScalar { IsNull: true } or YamlScalar { Text: "" } => false,
        YamlScalar { Boolean: { } b } => b,
        YamlScalar { Text: "true" or "True" or "TRUE" } => true,
        YamlScalar { Text: "false" or "False" or "FALSE" } => false,
        _ => throw KestraError.Yaml($"Cannot deserialize value of type `boolean` (through reference chain: GenericFlow[\"{key}\"])"),
    };

    private static List<(string Key, string Value)> ReadLabels(YamlNode? node)
    {
        switch (node)
        {
            case YamlMap map:
                return [.. map.Entries.Select(e => (e.Key, (e.Value as YamlScalar)?.Text ?? ""))];
            case YamlList list:
                return [.. list.Items.OfType<YamlMap>().Select(m => (m.Text("key") ?? "", m.Text("value") ?? ""))];
            case null or YamlScalar { IsNull: true } or YamlScalar { Text: "" }:
                return [];
            default:
                throw KestraError.Yaml("Cannot deserialize labels");
        }
    }

    private static void CheckInputs(YamlMap root, bool isV2)
    {
        if (root["inputs"] is not YamlList inputs)
        {
            return;
        }

        for (var i = 0; i < inputs.Items.Count; i++)
        {
            var type = (inputs.Items[i] as YamlMap)?.Text("type");
            if (type is not null && !KnownTypes.IsInput(type, isV2))
            {
                var path = $"io.kestra.core.models.flows.GenericFlow[\"inputs\"]->java.util.ArrayList[{i}]";
                throw FlowValidator.InvalidType(type, path, "io.kestra.core.models.flows.Input<java.lang.Object>");
            }
        }
    }

    [GeneratedRegex(@"^revision: \d+[^\n]*\n?", RegexOptions.Multiline)]
    private static partial Regex RevisionLine();
}

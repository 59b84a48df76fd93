using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>The source that 1.3 makes up for a flow sent as JSON [flow.content-types: what JSON stored].</summary>
internal static class YamlWriter
{
    public static string Write(JsonNode? node) => new SerializerBuilder().WithNewLine("\n").Build().Serialize(Plain(node)!);

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject o => o.ToDictionary(p => p.Key, p => Plain(p.Value)),
        JsonArray a => a.Select(Plain).ToList(),
        null => null,
        _ => node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => node.AsValue().TryGetValue(out long n) ? n : node.GetValue<double>(),
            _ => node.GetValue<string>(),
        },
    };
}

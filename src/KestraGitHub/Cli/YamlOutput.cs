using System.Text.Json;
using YamlDotNet.Serialization;

namespace KestraGitHub.Cli;

/// <summary>The same data as the JSON, for people who read YAML.</summary>
internal static class YamlOutput
{
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new SerializerBuilder().WithQuotingNecessaryStrings().Build().Serialize(Plain(document.RootElement) ?? "");
    }

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(m => m.Name, m => Plain(m.Value)),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var number) ? number : value.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        _ => null,
    };
}

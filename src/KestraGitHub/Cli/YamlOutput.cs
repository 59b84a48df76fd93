using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace KestraGitHub.Cli;

/// <summary>The same data as the JSON, for people who read YAML.</summary>
internal static partial class YamlOutput
{
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new SerializerBuilder().WithQuotingNecessaryStrings().WithTypeConverter(new QuotedText()).Build().Serialize(Plain(document.RootElement) ?? "");
    }

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(m => Text(m.Name), m => Plain(m.Value)),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Number => value.TryGetInt64(out var number) ? number : value.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        _ => null,
    };

    private static object Text(string text) => ReadsOtherwise().IsMatch(text) ? new Quoted(text) : text;

    /// <summary>Texts that readers of YAML 1.1 take for something else: switches, numbers of any base, times and dates, and two signs.</summary>
    [GeneratedRegex(@"^([-+.]?[0-9][-+.:_0-9A-Za-z ]*|[-+]?\.(inf|nan)|y|n|yes|no|on|off|true|false|null|~|=|<<)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ReadsOtherwise();

    private sealed record Quoted(string Text);

    private sealed class QuotedText : IYamlTypeConverter
    {
        public bool Accepts(Type type) => type == typeof(Quoted);

        public object? ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer) => throw new NotSupportedException();

        public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) =>
            emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, ((Quoted)value!).Text, ScalarStyle.DoubleQuoted, isPlainImplicit: false, isQuotedImplicit: true));
    }
}

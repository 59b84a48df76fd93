using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KestraGitHub.Definitions;

/// <summary>
/// A value while it is rendered: as a text shows it, and as JSON, which also says its type. No text means null; then <paramref name="Why"/> says what is
/// missing, or is null where nothing need be there.
/// </summary>
internal readonly record struct TemplateValue(string? Text, string Json, TemplateException? Why = null)
{
    public static TemplateValue Null { get; } = new(null, "null");

    public static TemplateValue OfText(string text) => new(text, $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"");

    public static TemplateValue OfFlag(bool flag) => flag ? new("true", "true") : new("false", "false");

    public static TemplateValue OfNumber(decimal number) => Raw(number.ToString(CultureInfo.InvariantCulture));

    public static TemplateValue OfList(IEnumerable<TemplateValue> items) => Raw($"[{string.Join(',', items.Select(i => i.Json))}]");

    public static TemplateValue OfMap(IEnumerable<(string Name, TemplateValue Value)> members) =>
        Raw($"{{{string.Join(',', members.Select(m => $"{OfText(m.Name).Json}:{m.Value.Json}"))}}}");

    public static TemplateValue Missing(TemplateException why) => new(null, "null", why);

    public static TemplateValue OfJson(string json) => TryJson(json) ?? OfText(json);

    /// <summary>Null where the text is no JSON.</summary>
    public static TemplateValue? TryJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool IsText => Json[0] == '"';

    public bool IsList => Json[0] == '[';

    public bool IsMap => Json[0] == '{';

    /// <summary>Null where it is no boolean.</summary>
    public bool? Flag => Json switch { "true" => true, "false" => false, _ => null };

    /// <summary>Null where it is no number.</summary>
    public decimal? Number =>
        (char.IsAsciiDigit(Json[0]) || Json[0] == '-') && decimal.TryParse(Json, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>What Pebble calls empty: nothing, a blank text, a list or map without members.</summary>
    public bool IsEmpty => Text is null || (IsText ? string.IsNullOrWhiteSpace(Text) : (IsList && Items().Count == 0) || (IsMap && Members().Count == 0));

    public IReadOnlyList<TemplateValue> Items()
    {
        if (!IsList) return [];
        using var document = JsonDocument.Parse(Json);
        return [.. document.RootElement.EnumerateArray().Select(Of)];
    }

    public IReadOnlyList<(string Name, TemplateValue Value)> Members()
    {
        if (!IsMap) return [];
        using var document = JsonDocument.Parse(Json);
        return [.. document.RootElement.EnumerateObject().Select(m => (m.Name, Of(m.Value)))];
    }

    /// <summary>The member of a map, or the item of a list; null where there is none.</summary>
    public TemplateValue? Part(string step)
    {
        if (IsMap)
        {
            foreach (var (name, value) in Members())
                if (name == step) return value;
            return null;
        }

        return IsList && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && Items() is var items && i < items.Count ? items[i] : null;
    }

    public bool Same(TemplateValue other)
    {
        if (Number is { } mine && other.Number is { } theirs) return mine == theirs;
        if (Text is null || other.Text is null) return Text is null && other.Text is null;
        if (IsText || other.IsText) return IsText && other.IsText && Text == other.Text;
        using var a = JsonDocument.Parse(Json);
        using var b = JsonDocument.Parse(other.Json);
        return JsonElement.DeepEquals(a.RootElement, b.RootElement);
    }

    private static TemplateValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => OfText(element.GetString()!),
        JsonValueKind.Null => Null,
        _ => Raw(element.GetRawText()),
    };

    private static TemplateValue Raw(string json) => new(json, json);
}

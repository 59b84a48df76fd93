using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Xml;

namespace KestraGitHub.Configuration;

/// <summary>One key that can be set.</summary>
/// <param name="Key"><c>Kestra:Url</c>; <c>&lt;name&gt;</c> and <c>0</c> stand for what the operator names and counts.</param>
/// <param name="Property">What it fills.</param>
/// <param name="Default">As it would be written; null where there is none.</param>
internal sealed record Setting(string Key, PropertyInfo Property, string? Default)
{
    private static readonly string[] SecretWords = ["password", "token", "secret", "privatekey", "connectionstring", "proxy"];

    /// <summary>True for a value that is never shown.</summary>
    public bool IsSecret => Property.PropertyType.Name == "Secret" || SoundsSecret(Key.Split(':').Last(p => !int.TryParse(p, out _)));

    public static bool SoundsSecret(string name) => SecretWords.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase));
}

/// <summary>All keys that the parts of the service read, from the classes that they are bound to.</summary>
internal static class SettingsBook
{
    public static IReadOnlyList<Setting> Of(IEnumerable<(string Section, Type Type)> sections) =>
        [.. sections.SelectMany(s => OptionShape.ElementOf(s.Type) is { } element ? Nested(s.Section + ":0", element) : Within(s.Section, s.Type, Activator.CreateInstance(s.Type))).DistinctBy(s => s.Key).OrderBy(s => s.Key, StringComparer.Ordinal)];

    private static IEnumerable<Setting> Within(string section, Type type, object? defaults) =>
        OptionShape.PropertiesOf(type).SelectMany(p => Of($"{section}:{p.Name}", p, p.PropertyType, defaults is null ? null : p.GetValue(defaults)));

    private static IEnumerable<Setting> Of(string key, PropertyInfo property, Type type, object? value)
    {
        if (OptionShape.IsScalar(type)) return [new Setting(key, property, Text(value))];
        if (OptionShape.ElementOf(type) is { } element)
            return OptionShape.IsScalar(element) ? [new Setting(key + ":0", property, List(value))]
                : [.. OptionShape.ShortForm(element) is null ? [] : (Setting[])[new Setting(key + ":0", property, null)], .. Nested(key + ":0", element)];
        return OptionShape.ValueOf(type) is { } named ? Nested(key + ":<name>", named) : Nested(key, type);
    }

    private static IEnumerable<Setting> Nested(string key, Type type) => Within(key, type, type.GetConstructor([]) is null ? null : Activator.CreateInstance(type));

    private static string? List(object? value) => value is IEnumerable items && string.Join(", ", items.Cast<object>().Select(Text)) is { Length: > 0 } text ? text : null;

    private static string? Text(object? value) => value switch
    {
        null or "" => null,
        TimeSpan time => XmlConvert.ToString(time),
        bool flag => flag ? "true" : "false",
        Enum word => word.ToString().ToLowerInvariant(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}

using System.Globalization;
using System.Reflection;
using System.Xml;

namespace KestraGitHub.Configuration;

/// <summary>Turns a text of the configuration into a value.</summary>
internal static class ScalarText
{
    private static readonly Dictionary<Type, (Func<string, object> Parse, string Kind)> Known = new()
    {
        [typeof(string)] = (t => t, "a text"),
        [typeof(bool)] = (t => bool.Parse(t), "true or false"),
        [typeof(int)] = (t => int.Parse(t, CultureInfo.InvariantCulture), "a whole number"),
        [typeof(long)] = (t => long.Parse(t, CultureInfo.InvariantCulture), "a whole number"),
        [typeof(double)] = (t => double.Parse(t, CultureInfo.InvariantCulture), "a number"),
        [typeof(TimeSpan)] = (t => Duration(t), "a duration such as PT30S or 00:00:30"),
        [typeof(Uri)] = (t => new Uri(t, UriKind.Absolute), "an absolute URL"),
    };

    public static bool Knows(Type type) => Known.ContainsKey(Plain(type)) || Plain(type).IsEnum || TextConstructor(Plain(type)) is not null;

    /// <summary>The value, or null when the text is no such value.</summary>
    public static object? Parse(Type type, string text)
    {
        type = Plain(type);
        try
        {
            if (Known.TryGetValue(type, out var known)) return known.Parse(text);
            if (!type.IsEnum) return TextConstructor(type)!.Invoke([text]);
            return !int.TryParse(text, out _) && Enum.TryParse(type, text, ignoreCase: true, out var value) ? value : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>What a value of this type looks like, for a message. The value itself may be a secret and is not repeated.</summary>
    public static string Describe(Type type) =>
        Known.TryGetValue(Plain(type), out var known) ? known.Kind
        : Plain(type).IsEnum ? "one of " + string.Join(", ", Enum.GetNames(Plain(type)).Select(n => n.ToLowerInvariant()))
        : "a text";

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static TimeSpan Duration(string text) =>
        text.StartsWith('P') || text.StartsWith("-P", StringComparison.Ordinal)
            ? XmlConvert.ToTimeSpan(text)
            : TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A type that wraps one text (a secret).</summary>
    private static ConstructorInfo? TextConstructor(Type type) =>
        type.IsClass && type.GetConstructors() is [var only] && only.GetParameters() is [{ ParameterType: var p }] && p == typeof(string) ? only : null;
}

using System.Reflection;

namespace KestraGitHub.Configuration;

/// <summary>What a type of options can take from a section.</summary>
internal static class OptionShape
{
    /// <summary>The element's type of a list, or null.</summary>
    public static Type? ElementOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericArguments() is [var one] && type.IsAssignableFrom(typeof(List<>).MakeGenericType(one)) ? one
        : null;

    /// <summary>The value's type of a map from names, or null.</summary>
    public static Type? ValueOf(Type type) =>
        type.IsGenericType && type.GetGenericArguments() is [var key, var value] && key == typeof(string)
            && type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(key, value)) ? value : null;

    public static bool IsScalar(Type type) => ScalarText.Knows(type);

    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0);

    public static PropertyInfo? PropertyOf(Type type, string key) =>
        PropertiesOf(type).FirstOrDefault(p => p.Name.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The short form of an object, where it has one: <c>public static T FromText(string)</c>.</summary>
    public static MethodInfo? ShortForm(Type type) => type.GetMethod("FromText", BindingFlags.Public | BindingFlags.Static, [typeof(string)]);
}

using System.Collections;

namespace KestraGitHub.Configuration;

/// <summary>
/// Fills options from a section. Beside what the framework's binder does: a list that is configured replaces its default, durations may be ISO 8601,
/// an object may have a short form, and every fault is found in one pass.
/// </summary>
internal static class SectionReader
{
    public static object Read(IConfigurationSection section, Type type, List<string> faults)
    {
        var options = Activator.CreateInstance(type)!;
        if (OptionShape.ElementOf(type) is { } element) return List(section, element, type.IsArray, faults) ?? options;
        foreach (var property in OptionShape.PropertiesOf(type))
        {
            var child = section.GetSection(property.Name);
            if (child.Exists() && Value(child, property.PropertyType, faults) is { } value) property.SetValue(options, value);
        }
        return options;
    }

    /// <summary>Null when there is nothing to set: the default stays, or a fault was added.</summary>
    private static object? Value(IConfigurationSection section, Type type, List<string> faults)
    {
        if (OptionShape.IsScalar(type)) return Scalar(section, type, faults);
        if (OptionShape.ElementOf(type) is { } element) return List(section, element, type.IsArray, faults);
        if (OptionShape.ValueOf(type) is { } value) return Map(section, value, faults);
        if (string.IsNullOrEmpty(section.Value)) return section.GetChildren().Any() ? Read(section, type, faults) : null;
        if (OptionShape.ShortForm(type) is { } shortForm) return shortForm.Invoke(null, [section.Value]);
        faults.Add($"{section.Path} has keys of its own ({Names(type)}) and takes no value itself.");
        return null;
    }

    private static object? Scalar(IConfigurationSection section, Type type, List<string> faults)
    {
        if (section.GetChildren().Any()) faults.Add($"{section.Path} takes {ScalarText.Describe(type)}, no keys of its own.");
        else if (type == typeof(string)) return section.Value;
        else if (!string.IsNullOrWhiteSpace(section.Value))
        {
            if (ScalarText.Parse(type, section.Value.Trim()) is { } value) return value;
            faults.Add($"{section.Path} must be {ScalarText.Describe(type)}.");
        }
        return null;
    }

    private static object? List(IConfigurationSection section, Type element, bool asArray, List<string> faults)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            faults.Add($"{section.Path} is a list: write {section.Path}:0, {section.Path}:1 and so on.");
            return null;
        }
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        foreach (var child in section.GetChildren())
        {
            if (Value(child, element, faults) is { } item) list.Add(item);
            else if (string.IsNullOrWhiteSpace(child.Value) && !child.GetChildren().Any())
                faults.Add($"{child.Path} is empty. Give it a value or take it away.");
        }
        if (!asArray) return list;
        var array = Array.CreateInstance(element, list.Count);
        list.CopyTo(array, 0);
        return array;
    }

    private static object Map(IConfigurationSection section, Type value, List<string> faults)
    {
        var type = typeof(Dictionary<,>).MakeGenericType(typeof(string), value);
        var map = (IDictionary)Activator.CreateInstance(type, StringComparer.OrdinalIgnoreCase)!;
        foreach (var child in section.GetChildren())
            if (Value(child, value, faults) is { } item) map[child.Key] = item;
        return map;
    }

    private static string Names(Type type) => string.Join(", ", OptionShape.PropertiesOf(type).Select(p => p.Name));
}

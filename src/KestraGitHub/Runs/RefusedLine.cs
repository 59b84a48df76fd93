using System.Globalization;
using System.Text.RegularExpressions;
using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>Where in a file the thing stands that Kestra, or we, refuse: by the line that the words name, or by the property or the type that they speak of.</summary>
internal static partial class RefusedLine
{
    /// <param name="source">Null where only the words are known.</param>
    /// <returns>Counted from 1; null when nothing tells.</returns>
    public static long? Of(string? source, string reason)
    {
        if (Line().Match(reason) is { Success: true } line && long.TryParse(line.Groups["line"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0) return number;
        if (source is null) return null;
        if (Named().Match(reason) is { Success: true } named) return Find(source, named.Groups["name"].Value);
        return Property().Match(reason) is { Success: true } property ? AtPath(source, property.Groups["path"].Value) : null;
    }

    private static long? Find(string source, string word)
    {
        var at = 1;
        foreach (var line in source.AsSpan().EnumerateLines())
        {
            if (line.Contains(word, StringComparison.Ordinal)) return at;
            at++;
        }

        return null;
    }

    /// <summary>The line of what a path such as <c>tasks[1].message</c> names, or of the last part of it that is there: what is missing has no line.</summary>
    private static long? AtPath(string source, string path)
    {
        PropertyValue? value = YamlReader.Read(source, new FaultList(""));
        long? found = null;
        foreach (Match step in Step().Matches(path))
        {
            var (next, line) = value switch
            {
                MapValue map => Member(map, step.Groups["name"].Value),
                ListValue list when int.TryParse(step.Groups["index"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    && list.Items.ElementAtOrDefault(index) is { } item => (item, item.Line),
                _ => (null, 0),
            };
            if (next is null) return found;
            (value, found) = (next, line);
        }

        return found;
    }

    private static (PropertyValue? Value, int Line) Member(MapValue map, string name)
    {
        for (var i = 0; i < map.Members.Count; i++)
            if (map.Members[i].Key == name) return (map.Members[i].Value, map.PlaceOf(i).Line);
        return (null, 0);
    }

    [GeneratedRegex(@"\bline:? (?<line>\d{1,7})\b")]
    private static partial Regex Line();

    [GeneratedRegex("""^\s*(?:Invalid type: (?<name>[\w.]+)|Unrecognized field "(?<name>[^"]+)")""")]
    private static partial Regex Named();

    [GeneratedRegex(@"^\s*(?<path>[A-Za-z_][\w-]*(?:\[\d+\])*(?:\.[A-Za-z_][\w-]*(?:\[\d+\])*)*): ")]
    private static partial Regex Property();

    [GeneratedRegex(@"\[(?<index>\d+)\]|(?<name>[\w-]+)")]
    private static partial Regex Step();
}

using System.Globalization;

namespace KestraGitHub.Definitions;

/// <summary>Every path to a value in a map of the file, as expressions write it: <c>git.url</c>, <c>branches[0]</c>.</summary>
internal static class PropertyPaths
{
    public static IReadOnlyList<string> Of(MapValue map)
    {
        var paths = new List<string>();
        Add(map, [], paths);
        return paths;
    }

    private static void Add(PropertyValue value, List<PathStep> path, List<string> paths)
    {
        if (path.Count > 0) paths.Add(PayloadPath.Join(path));
        if (value is MapValue map)
            foreach (var (name, member) in map.Members) Add(member, [.. path, new(name, false)], paths);
        else if (value is ListValue list)
            for (var i = 0; i < list.Items.Count; i++) Add(list.Items[i], [.. path, new(i.ToString(CultureInfo.InvariantCulture), true)], paths);
    }
}

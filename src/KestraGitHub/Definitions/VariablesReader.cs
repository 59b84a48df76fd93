using System.Collections.ObjectModel;
using System.Globalization;

namespace KestraGitHub.Definitions;

/// <summary>A flow's <c>variables</c> by path, as <c>vars.…</c> names them: <c>git.url</c>, <c>branches[0]</c>.</summary>
internal static class VariablesReader
{
    private const int MaxName = 200;

    public static IReadOnlyDictionary<string, string> Read(PropertyValue? variables, FaultList faults)
    {
        if (variables is null or ScalarValue { Text: null }) return ReadOnlyDictionary<string, string>.Empty;
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        if (variables is MapValue) Add(variables, [], flat, faults);
        else faults.Add(variables, "`variables` is no map.", "Write each variable as `name: value`.");
        return flat;
    }

    private static void Add(PropertyValue value, List<PathStep> path, Dictionary<string, string> flat, FaultList faults)
    {
        switch (value)
        {
            case ScalarValue { Text: { } text }:
                flat[PayloadPath.Join(path)] = text;
                break;
            case MapValue map:
                foreach (var (name, member) in map.Members)
                    if (name.Length <= MaxName) Add(member, [.. path, new(name, false)], flat, faults);
                    else faults.Add(member, "The name of a variable is too long.", $"Use at most {MaxName} characters.");
                break;
            case ListValue list:
                for (var i = 0; i < list.Items.Count; i++)
                    Add(list.Items[i], [.. path, new(i.ToString(CultureInfo.InvariantCulture), true)], flat, faults);
                break;
        }
    }
}

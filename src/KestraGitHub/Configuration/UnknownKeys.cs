namespace KestraGitHub.Configuration;

/// <summary>Finds the keys of a section that nobody reads: a misspelt key that is passed over in silence is a setting that does not hold.</summary>
internal static class UnknownKeys
{
    /// <param name="readers">Every type that reads this section; a key that one of them has is known.</param>
    public static IEnumerable<string> In(IConfigurationSection section, IReadOnlyList<Type> readers)
    {
        if (readers is [var only] && OptionShape.ElementOf(only) is not null)
        {
            foreach (var fault in Within(section, only)) yield return fault;
            yield break;
        }

        foreach (var child in section.GetChildren())
        {
            var types = readers.Select(r => OptionShape.PropertyOf(r, child.Key)?.PropertyType).OfType<Type>().Distinct().ToList();
            foreach (var fault in types.Count == 0 ? [Unknown(child, readers)] : types.SelectMany(t => Within(child, t)).Distinct()) yield return fault;
        }
    }

    private static IEnumerable<string> Within(IConfigurationSection section, Type type)
    {
        if (OptionShape.IsScalar(type)) return [];
        if (OptionShape.ElementOf(type) is { } element)
            return section.GetChildren().SelectMany(c => int.TryParse(c.Key, out _)
                ? Within(c, element)
                : [$"{c.Path} is unknown: {section.Path} is a list, its keys are 0, 1 and so on."]);
        return OptionShape.ValueOf(type) is { } value ? section.GetChildren().SelectMany(c => Within(c, value)) : In(section, [type]);
    }

    private static string Unknown(IConfigurationSection section, IReadOnlyList<Type> readers)
    {
        var known = readers.SelectMany(OptionShape.PropertiesOf).Select(p => p.Name).Distinct().Order().ToList();
        var parent = section.Path[..^section.Key.Length];
        var nearest = known.Select(name => (name, distance: Distance(name, section.Key))).OrderBy(x => x.distance).FirstOrDefault();
        return nearest.name is not null && nearest.distance <= Math.Max(2, section.Key.Length / 3)
            ? $"{section.Path} is unknown. Did you mean {parent}{nearest.name}?"
            : $"{section.Path} is unknown. Known here: {string.Join(", ", known.Select(k => parent + k))}.";
    }

    /// <summary>How many letters to add, drop or change.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }
        return row[^1];
    }
}

namespace KestraGitHub.Definitions;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Nearest
{
    private const int MaxKnown = 500;

    /// <summary>A sentence that names the nearest of <paramref name="known"/>, or lists them where none is near.</summary>
    public static string Cure(string name, IReadOnlyCollection<string> known)
    {
        var nearest = Of(name, known);
        if (nearest is not null) return $"Did you mean `{nearest}`?";
        return known.Count <= 12
            ? $"Known names: {string.Join(", ", known.Order(StringComparer.Ordinal))}."
            : "Remove it, or look up its name in the plugin's documentation.";
    }

    public static string? Of(string name, IReadOnlyCollection<string> known) => name.Length > 100 || known.Count > MaxKnown
        ? null
        : known.Select(k => (Name: k, Distance: Distance(name.ToLowerInvariant(), k.ToLowerInvariant())))
            .Where(c => c.Distance <= Math.Max(1, name.Length / 3)
                || (name.Length > 2 && c.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => c.Name).FirstOrDefault();

    // Edit distance where two swapped neighbours count once: the commonest slip of a typist.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}

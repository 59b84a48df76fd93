namespace KestraGitHub.StandIns.GitHub;

/// <summary>The branches and tags of a bare repository, read from its files: looking five times a second may not start a program each time.</summary>
internal static class RefReader
{
    public static IReadOnlyDictionary<string, string> Read(string repository)
    {
        // The loose ones first: packing writes the pack before it removes them, so none is missed; a loose one wins.
        var refs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var kind in new[] { "heads", "tags" }) ReadLoose(repository, Path.Combine(repository, "refs", kind), refs);
        var packed = Path.Combine(repository, "packed-refs");
        foreach (var line in File.Exists(packed) ? File.ReadAllLines(packed) : [])
        {
            if (line.Split(' ') is [var id, var name] && IsId(id) && IsWatched(name)) refs.TryAdd(name, id);
        }

        return refs;
    }

    private static void ReadLoose(string repository, string folder, Dictionary<string, string> refs)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (file.EndsWith(".lock", StringComparison.Ordinal)) continue;
            var id = File.ReadAllText(file).Trim();
            if (IsId(id)) refs[Path.GetRelativePath(repository, file).Replace('\\', '/')] = id;
        }
    }

    private static bool IsWatched(string name) =>
        name.StartsWith("refs/heads/", StringComparison.Ordinal)
        || name.StartsWith("refs/tags/", StringComparison.Ordinal);

    private static bool IsId(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);
}

namespace KestraGitHub.Runs;

/// <summary>What one set of files has that another has not, in words.</summary>
internal static class FileChanges
{
    /// <summary><c>new: a.yml; changed: b.yml, c.yml; gone: d.yml</c>; null where they are the same.</summary>
    public static string? Between(IReadOnlyList<(string File, byte[] Content)> before, IReadOnlyList<(string File, byte[] Content)> after)
    {
        var (old, now) = (before.ToDictionary(f => f.File, f => f.Content), after.ToDictionary(f => f.File, f => f.Content));
        string?[] parts =
        [
            Named("new", now.Keys.Where(f => !old.ContainsKey(f))),
            Named("changed", now.Where(f => old.TryGetValue(f.Key, out var was) && !was.AsSpan().SequenceEqual(f.Value)).Select(f => f.Key)),
            Named("gone", old.Keys.Where(f => !now.ContainsKey(f))),
        ];
        return parts.OfType<string>().ToList() is { Count: > 0 } said ? string.Join("; ", said) : null;
    }

    private static string? Named(string word, IEnumerable<string> files)
    {
        var all = files.Order(StringComparer.Ordinal).ToList();
        return all.Count == 0 ? null : $"{word}: {LogWords.Named(all)}";
    }
}

using System.Text.Json;

namespace KestraGitHub.Webhooks;

/// <summary>The files that a push says it changed: a hint, good only for not looking, and only where it is surely whole.</summary>
internal static class ChangedPaths
{
    // GitHub ends a push's list of commits here.
    private const int MostCommits = 2048;

    // Where GitHub compares, it ends the list of files here; a longer one of a push may be cut as well.
    private const int MostFiles = 300;

    /// <summary>Null when they are not known, which means: look.</summary>
    public static IReadOnlyCollection<string>? Of(JsonElement body, DeliveryFacts facts)
    {
        if (facts.IsNewHistory || body.Member("commits") is not { ValueKind: JsonValueKind.Array } commits) return null;

        var count = commits.GetArrayLength();
        if (count is 0 or >= MostCommits || Differs(body, "size", count)) return null;

        var distinct = 0;
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var commit in commits.EnumerateArray())
        {
            if (commit.IsTrue("distinct")) distinct++;
            if (!Add(commit, paths)) return null;
        }

        return Differs(body, "distinct_size", distinct) ? null : paths;
    }

    private static bool Add(JsonElement commit, HashSet<string> paths)
    {
        var files = 0;
        foreach (var list in (ReadOnlySpan<string>)["added", "modified", "removed"])
        {
            if (commit.Member(list) is not { } entries) continue;
            if (entries.ValueKind != JsonValueKind.Array) return false;
            foreach (var entry in entries.EnumerateArray())
            {
                if (entry.Text() is not { } path) return false;
                paths.Add(path);
                files++;
            }
        }

        // A commit without files may be a merge whose files are not listed.
        return files is > 0 and < MostFiles;
    }

    private static bool Differs(JsonElement body, string name, int count) =>
        body.Member(name) is { ValueKind: JsonValueKind.Number } said && !(said.TryGetInt32(out var number) && number == count);
}

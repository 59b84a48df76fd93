namespace KestraGitHub.Definitions;

/// <summary>Refuses definitions that wait for something which never comes: a sync that is not there, or themselves by some way round.</summary>
internal static class DependencyCheck
{
    public static IReadOnlyList<CatalogEntry> Settle(IReadOnlyList<CatalogEntry> entries)
    {
        var known = entries.Where(e => e.Key is not null).ToLookup(e => e.Key!.Value);
        return [.. entries.Select(e => e.Definition is { } definition && FaultOf(definition, known) is { } fault ? e with { Definition = null, Faults = [.. e.Faults, fault] } : e)];
    }

    private static Fault? FaultOf(Definition definition, ILookup<SyncKey, CatalogEntry> known)
    {
        foreach (var first in definition.Options.Safety.DependsOn)
            if (!known.Contains(first))
                return new Fault(definition.File, 0, 0, $"`dependsOn` names {first}, which no file defines.", "Write the namespace and id of another definition.");
        return WayBack(definition.Key, known) is { } way
            ? new Fault(definition.File, 0, 0, $"`dependsOn` leads back to itself: {string.Join(" → ", way)}.", "Remove one of these dependencies.")
            : null;
    }

    /// <summary>The shortest way over dependencies from <paramref name="start"/> back to it, or null.</summary>
    private static List<SyncKey>? WayBack(SyncKey start, ILookup<SyncKey, CatalogEntry> known)
    {
        var cameFrom = new Dictionary<SyncKey, SyncKey>();
        var waiting = new Queue<SyncKey>([start]);
        while (waiting.TryDequeue(out var at))
            foreach (var next in known[at].SelectMany(e => e.Definition?.Options.Safety.DependsOn ?? []))
            {
                if (next == start) return Way(at);
                if (cameFrom.TryAdd(next, at)) waiting.Enqueue(next);
            }

        return null;

        List<SyncKey> Way(SyncKey last)
        {
            List<SyncKey> way = [start];
            for (var at = last; at != start; at = cameFrom[at]) way.Insert(0, at);
            way.Insert(0, start);
            return way;
        }
    }
}

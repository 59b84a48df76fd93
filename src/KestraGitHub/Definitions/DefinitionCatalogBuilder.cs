namespace KestraGitHub.Definitions;

/// <summary>Makes the next catalog from what the files hold now and what was in force before.</summary>
internal static class DefinitionCatalogBuilder
{
    public static DefinitionCatalog Build(IEnumerable<(string File, ParsedDefinition Parsed)> files, DefinitionCatalog previous)
    {
        var inForce = previous.Entries.Where(e => e.Definition is not null).ToDictionary(e => e.File, e => e.Definition!, StringComparer.Ordinal);
        var entries = files
            .Select(f => (Entry: Enter(f.File, f.Parsed, inForce.GetValueOrDefault(f.File)), f.Parsed.Likely))
            .OrderBy(e => e.Entry.File, StringComparer.Ordinal).ToList();
        var claims = entries.Select(e => e.Entry).Where(e => e.Key is not null).ToLookup(e => e.Key!.Value);
        return new DefinitionCatalog(DependencyCheck.Settle([.. entries.Select(e => Settle(e.Entry, e.Likely, claims))]));
    }

    private static CatalogEntry Settle(CatalogEntry entry, SyncKey? likely, ILookup<SyncKey, CatalogEntry> claims)
    {
        if (entry.Key is { } key) return claims[key].Count() > 1 ? Refuse(entry, key, claims[key]) : entry;

        // A likelihood shows the faults under that name, and never stands in the way of a file that says who it is.
        return likely is { } free && !claims.Contains(free) ? entry with { Key = free } : entry;
    }

    private static CatalogEntry Enter(string file, ParsedDefinition parsed, Definition? lastGood)
    {
        var definition = parsed.Definition ?? lastGood;
        return new CatalogEntry(file, definition?.Key ?? parsed.Key, definition, parsed.Faults);
    }

    // Neither of two is taken: whichever it were, the other's author would not know why nothing happens.
    private static CatalogEntry Refuse(CatalogEntry entry, SyncKey key, IEnumerable<CatalogEntry> claims)
    {
        var others = string.Join(", ", claims.Where(c => c.File != entry.File).Select(c => c.File));
        var fault = new Fault(entry.File, 0, 0, $"{key} is also defined in {others}.", "Give one of them another id or namespace, or remove it.");
        return entry with { Definition = null, Faults = [.. entry.Faults, fault] };
    }
}

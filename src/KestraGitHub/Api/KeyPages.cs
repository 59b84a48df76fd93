using KestraGitHub.Storage;

namespace KestraGitHub.Api;

/// <summary>Pages of a list that is held whole: by what names each item, so that one that comes or goes moves none of the others.</summary>
internal static class KeyPages
{
    /// <param name="limit">Null: no pages, all of them as they come.</param>
    /// <param name="cursor">The name of the last item of the page before, or null.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> items, Func<T, string> name, int? limit, string? cursor)
    {
        if (limit is null && cursor is null) return new(items, null);
        var rest = items.OrderBy(name, StringComparer.Ordinal).Where(i => cursor is null || string.CompareOrdinal(name(i), cursor) > 0).ToList();
        if (limit is not { } count || rest.Count <= count) return new(rest, null);
        return new(rest[..count], name(rest[count - 1]));
    }
}

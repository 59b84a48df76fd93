using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Lists of which a reader sees a part.</summary>
internal static class Visible
{
    private const int MostPages = 20;

    /// <summary>
    /// Reads pages until one is filled with what <paramref name="scope"/> allows. A page may hold more rows than one of the store's, or, where very
    /// much is hidden, less: its cursor is always the store's own.
    /// </summary>
    public static async Task<Page<T>> PageAsync<T>(
        AccessScope scope, Func<T, SyncKey> sync, int wanted, string? cursor, Func<string?, Task<Page<T>>> read)
    {
        var items = new List<T>();
        for (var i = 0; ; i++)
        {
            var page = await read(cursor);
            items.AddRange(page.Items.Where(item => scope.Allows(sync(item))));
            cursor = page.Next;
            if (cursor is null || items.Count >= wanted || i == MostPages) return new(items, cursor);
        }
    }

    /// <summary>What to say of a query's text that names no sync; null where it names one, or there is none.</summary>
    public static string? NoSync(string? text) => string.IsNullOrEmpty(text) || Sync(text) is not null
        ? null
        : $"The filter '{Cut(text)}' is not understood, and left out: a sync is named tenant/namespace/flow.";

    /// <summary>The beginning of what somebody typed.</summary>
    public static string Cut(string text) => text.Length > 100 ? text[..100] + "…" : text;

    /// <summary>The sync that a query's text <c>tenant/namespace/flow</c> names, or null.</summary>
    public static SyncKey? Sync(string? text) =>
        text?.Split('/') is [{ Length: > 0 } tenant, { Length: > 0 } space, { Length: > 0 } flow] ? new(tenant, space, flow) : null;
}

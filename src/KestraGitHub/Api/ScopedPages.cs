using KestraGitHub.Storage;

namespace KestraGitHub.Api;

/// <summary>
/// Pages of what someone may see. The store pages over everything, so a page may come back short, but not empty while there is more nearby.
/// </summary>
internal static class ScopedPages
{
    private const int MostReads = 20;

    /// <summary>Null when the cursor is none of ours.</summary>
    public static async Task<Page<T>?> ReadAsync<T>(PageWish wish, Func<int, string?, Task<Page<T>>> read, Func<T, bool> allowed)
    {
        try
        {
            var page = await read(wish.Limit, wish.Cursor);
            var items = page.Items.Where(allowed).ToList();
            for (var reads = 1; items.Count == 0 && page.Next is not null && reads < MostReads; reads++)
            {
                page = await read(wish.Limit, page.Next);
                items = [.. page.Items.Where(allowed)];
            }
            return new(items, page.Next);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>Whether a cursor may be kept after writing: only when the server's newest entries are our own writes and nothing else.</summary>
internal static class FlowVouching
{
    private const int LargestPage = 2000;

    /// <summary>Null when someone else wrote meanwhile, or when it cannot be told.</summary>
    public static async Task<FlowCursor?> CursorAsync(
        KestraServer server, Scope scope, FlowCursor before, IReadOnlyList<AppliedChange> done, CancellationToken ct)
    {
        var written = done.Where(d => d.Now is not null).ToDictionary(d => d.Change.Key, d => d.Now!.Version);
        var expected = before.Total + done.Count(d => d.Change.Action == ChangeAction.Added) - done.Count(d => d.Now is null);
        try
        {
            var size = Math.Min(written.Count + 1, LargestPage);
            var first = await server.Client.SearchNewestAsync(scope, 1, size, ct);
            if (first.Total != expected) return null;
            List<FlowRow> rows = [.. first.Results!];
            for (var page = 2; rows.Count <= written.Count && rows.Count < expected; page++)
            {
                var next = await server.Client.SearchNewestAsync(scope, page, size, ct);
                if (next.Results is not { Count: > 0 } more || next.Total != expected) return null;
                rows.AddRange(more);
            }

            return Fits(rows, written, before) ? FlowCursor.Of(server.Uuid, first) : null;
        }
        catch (Exception e) when (e is KestraException or OperationCanceledException)
        {
            return null; // What was written is written; the next run reads in full.
        }
    }

    private static bool Fits(List<FlowRow> rows, Dictionary<ResourceKey, string> written, FlowCursor before)
    {
        if (rows.Count < written.Count) return false;
        var newest = rows.Take(written.Count).ToList();
        if (newest.DistinctBy(r => r.Key).Count() != written.Count) return false;
        foreach (var row in newest)
        {
            if (row.Revision is not { } revision || written.GetValueOrDefault(row.Key) != FlowReader.Text(revision)) return false;
        }

        // Beyond our own, nothing may be younger than what was there before. (Its own entry may be gone: we may have written or deleted it.)
        return rows.Count == written.Count
            || (rows[written.Count].Updated is { } next && FlowCursor.Compare(next, before.Updated) <= 0);
    }
}

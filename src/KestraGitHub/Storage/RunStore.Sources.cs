using Dapper;

namespace KestraGitHub.Storage;

// Where the tasks of a run read from, or wrote to.
internal sealed partial class RunStore
{
    private const string PutSource =
        $"""
        INSERT INTO run_sources (run_id, task, position, url, ref, commit_id, made)
        SELECT @Id, @Task, @Position, @Url, @Ref, @Commit, @Made WHERE EXISTS (SELECT 1 FROM runs WHERE {Held})
        ON CONFLICT (run_id, task) DO UPDATE SET
          url = excluded.url, ref = excluded.ref, commit_id = excluded.commit_id, made = excluded.made
        WHERE run_sources.made = 0 OR excluded.made = 1
        """;

    /// <summary>In the order of the tasks.</summary>
    public Task<IReadOnlyList<SourceRow>> SourcesAsync(string id, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<SourceRow>)[.. (await connection.QueryAsync<SourceColumns>(
                "SELECT task, url, ref, commit_id, made FROM run_sources WHERE run_id = @Id ORDER BY position, task", new { Id = id }))
            .Select(r => new SourceRow(r.Task, r.Url, r.Ref, r.CommitId, r.Made != 0))],
        ct);

    /// <summary>
    /// Puts down where tasks are in Git now. What an earlier attempt put down is replaced, but not a commit that it made. Nothing happens when the lease is lost.
    /// </summary>
    /// <param name="first">Position of the first of them in the flow.</param>
    public Task SetSourcesAsync(Lease lease, int first, IReadOnlyList<SourceRow> sources, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) =>
        {
            database.Execute(connection, transaction, new RowStatement(PutSource, [.. sources.Select((s, i) => (object)new
            {
                Id = lease.RunId, lease.Fence, lease.Owner, s.Task, Position = (long)(first + i), s.Url, s.Ref, s.Commit, Made = StoredText.Flag(s.Made),
            })]));
            return Task.FromResult(0);
        },
        ct);

    private sealed class SourceColumns
    {
        public string Task { get; init; } = "";
        public string Url { get; init; } = "";
        public string? Ref { get; init; }
        public string? CommitId { get; init; }
        public long Made { get; init; }
    }
}

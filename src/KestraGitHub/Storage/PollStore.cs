using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <param name="Ref">In full.</param>
internal readonly record struct BranchOfSync(SyncKey Sync, RepositoryName Repository, string Ref);

/// <summary>When repositories are asked for what no webhook told, and what syncs know of them.</summary>
internal sealed class PollStore(Database database)
{
    // A run at a revision of somebody's choice, a dry run and an undo say nothing of what the branch is to bring.
    private const string LastRun =
        """
        SELECT w.tenant, w.namespace, w.flow, s.url, s.ref, s.commit_id, r.finished_at AS at
        FROM wanted w CROSS JOIN runs r CROSS JOIN run_sources s
        WHERE s.run_id = r.id AND r.id = (
          SELECT x.id FROM runs x
          WHERE x.tenant = w.tenant AND x.namespace = w.namespace AND x.flow = w.flow AND x.finished_at IS NOT NULL AND x.dry_run = 0 AND x.undo_of IS NULL AND x.requested_revision IS NULL
            AND EXISTS (SELECT 1 FROM run_sources y WHERE y.run_id = x.id)
          ORDER BY x.id DESC LIMIT 1)
        """;

    private const string LastDelivery =
        """
        SELECT w.tenant, w.namespace, w.flow, w.name AS url, w.ref, d.after_commit AS commit_id, d.received_at AS at
        FROM wanted w CROSS JOIN deliveries d
        WHERE d.id = (
          SELECT x.id FROM deliveries x
          WHERE x.tenant = w.tenant AND x.namespace = w.namespace AND x.flow = w.flow AND x.event = 'push' AND x.ref = w.ref AND lower(x.repository) = w.path
          ORDER BY x.id DESC LIMIT 1)
        """;

    private const string LastSeen =
        """
        SELECT w.tenant, w.namespace, w.flow, w.name AS url, w.ref, h.commit_id, h.seen_at AS at
        FROM wanted w CROSS JOIN seen_heads h
        WHERE h.tenant = w.tenant AND h.namespace = w.namespace AND h.flow = w.flow AND h.repository = w.name AND h.ref = w.ref
        """;

    /// <summary>
    /// True for whoever is to look now, one of all nodes; then it is due again after <paramref name="next"/>. Otherwise the time that is left. What is seen for the
    /// first time is due after <paramref name="next"/>: of it nothing was missed yet.
    /// </summary>
    /// <param name="now">True: due or not.</param>
    public Task<(bool Mine, TimeSpan Left)> ClaimAsync(string name, TimeSpan next, bool now, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var time = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            var due = time + (long)next.TotalMilliseconds;

            // A time further off than two intervals is from before the interval, or the clock, was set.
            var parameters = new { Name = name, Now = time, Due = due, Far = due + (long)next.TotalMilliseconds, Any = StoredText.Flag(now) };
            if (await connection.ExecuteAsync("INSERT INTO repository_clocks (name, due_at) VALUES (@Name, @Due) ON CONFLICT DO NOTHING", parameters, transaction) == 1)
                return (now, next);
            var claimed = await connection.ExecuteAsync(
                "UPDATE repository_clocks SET due_at = @Due WHERE name = @Name AND (due_at <= @Now OR due_at > @Far OR @Any = 1)", parameters, transaction);
            if (claimed == 1) return (true, next);
            var at = await connection.ExecuteScalarAsync<long>("SELECT due_at FROM repository_clocks WHERE name = @Name", parameters, transaction);
            return (false, TimeSpan.FromMilliseconds(Math.Max(0, at - time)));
        },
        ct);

    /// <summary>
    /// The newest commit of each branch that its sync knows of: by its last run, its last delivery, or an earlier look. A branch that it never heard of is missing.
    /// </summary>
    public Task<IReadOnlyDictionary<BranchOfSync, string>> KnownAsync(IReadOnlyCollection<BranchOfSync> branches, CancellationToken ct) => database.ReadAsync(
        async connection =>
        {
            var syncs = new { Wanted = WantedRows.Value(branches.Select(b => b.Sync).Distinct().Select(s => new[] { s.Tenant, s.Namespace, s.Flow })) };
            var each = new
            {
                Wanted = WantedRows.Value(branches.Select(b => new[] { b.Sync.Tenant, b.Sync.Namespace, b.Sync.Flow, b.Repository.ToString(), b.Repository.Path, b.Ref })),
            };
            var withSyncs = WantedRows.With(database, "@Wanted", "tenant", "namespace", "flow");
            var withEach = WantedRows.With(database, "@Wanted", "tenant", "namespace", "flow", "name", "path", "ref");
            var found = (await connection.QueryAsync<KnownColumns>(withSyncs + LastRun, syncs)).Where(k => k.Ref is not null).Select(k => (Known: k, Name: RepositoryName.Of(k.Url)))
                .Concat((await connection.QueryAsync<KnownColumns>(withEach + LastDelivery, each)).Select(k => (Known: k, Name: (RepositoryName?)RepositoryName.Stored(k.Url))))
                .Concat((await connection.QueryAsync<KnownColumns>(withEach + LastSeen, each)).Select(k => (Known: k, Name: (RepositoryName?)RepositoryName.Stored(k.Url))));
            var (wanted, known) = (branches.ToHashSet(), new Dictionary<BranchOfSync, KnownColumns>());
            foreach (var (row, name) in found)
            {
                if (name is not { } repository || row.CommitId is null) continue;
                var key = new BranchOfSync(row.Sync, repository, row.Ref!);
                if (wanted.Contains(key) && (!known.TryGetValue(key, out var other) || other.At < row.At)) known[key] = row;
            }

            return (IReadOnlyDictionary<BranchOfSync, string>)known.ToDictionary(k => k.Key, k => k.Value.CommitId!);
        },
        ct);

    /// <summary>Stores the run, and that its sync knows of <paramref name="heads"/> now, so that no other look starts another one.</summary>
    public Task EnqueueAsync(RunRequest request, IReadOnlyCollection<SeenHead> heads, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = await database.NowAsync(connection);
            RunIntake.Add(database, connection, transaction, [request], merge: true);
            database.Execute(connection, transaction, new RowStatement(SeenHead.Put, [.. heads.Select(h => h.Row(now))]));
            return true;
        },
        ct);

    /// <summary>Up to when the deliveries of a hook were looked through; null before the first time.</summary>
    public Task<DateTimeOffset?> SeenToAsync(string hook, CancellationToken ct) => database.ReadAsync(
        async connection => StoredText.Time(await connection.ExecuteScalarAsync<long?>("SELECT seen_to FROM hook_scans WHERE hook = @Hook", new { Hook = hook })), ct);

    public Task SeenToAsync(string hook, DateTimeOffset to, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            "INSERT INTO hook_scans (hook, seen_to) VALUES (@Hook, @To) ON CONFLICT (hook) DO UPDATE SET seen_to = excluded.seen_to",
            new { Hook = hook, To = to.ToUnixTimeMilliseconds() }, transaction),
        ct);

    private sealed class KnownColumns : SyncColumns
    {
        public string Url { get; init; } = "";
        public string? Ref { get; init; }
        public string? CommitId { get; init; }
        public long At { get; init; }
    }
}

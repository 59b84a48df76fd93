namespace KestraGitHub.Storage;

/// <summary>The queries that must stay fast with a million runs: each walks an index, sync by sync, and takes no more than it shows.</summary>
internal static class HistorySql
{
    public const string Last =
        """
        SELECT r.* FROM syncs s JOIN runs r ON r.id = (
          SELECT x.id FROM runs x
          WHERE x.tenant = s.tenant AND x.namespace = s.namespace AND x.flow = s.flow AND x.dry_run = 0 AND x.finished_at IS NOT NULL
          ORDER BY x.finished_at DESC, x.id DESC LIMIT 1)
        """;

    public const string LastOfOne =
        """
        SELECT * FROM runs
        WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND dry_run = 0 AND finished_at IS NOT NULL
        ORDER BY finished_at DESC, id DESC LIMIT 1
        """;

    // In the order of the queue's index: asked for the newest, a database may walk the history for it.
    public const string OpenOfOne =
        """
        SELECT * FROM runs
        WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND finished_at IS NULL
        ORDER BY not_before, id
        """;

    /// <summary>The few columns of <see cref="Last"/> that a state hangs on.</summary>
    public const string Heads =
        """
        SELECT r.tenant, r.namespace, r.flow, r.id, r.state, r.counts, r.undo_of, r.finished_at FROM syncs s JOIN runs r ON r.id = (
          SELECT x.id FROM runs x
          WHERE x.tenant = s.tenant AND x.namespace = s.namespace AND x.flow = s.flow AND x.dry_run = 0 AND x.finished_at IS NOT NULL
          ORDER BY x.finished_at DESC, x.id DESC LIMIT 1)
        """;

    /// <summary>The same of all that ended since.</summary>
    public const string HeadsSince =
        """
        SELECT tenant, namespace, flow, id, state, counts, undo_of, finished_at FROM runs
        WHERE finished_at IS NOT NULL AND finished_at >= @Since AND dry_run = 0 ORDER BY finished_at, id
        """;

    // In no order: asked for one, SQLite walks the whole history in that order once it has counted the rows (ANALYZE).
    public const string OpenHeads = "SELECT tenant, namespace, flow, id, state, waiting_for FROM runs WHERE finished_at IS NULL";

    // A cross join is SQLite's word for "in this order".
    public const string LastOfWanted =
        """
        SELECT r.* FROM wanted w CROSS JOIN runs r WHERE r.id = (
          SELECT x.id FROM runs x
          WHERE x.tenant = w.tenant AND x.namespace = w.namespace AND x.flow = w.flow AND x.dry_run = 0 AND x.finished_at IS NOT NULL
          ORDER BY x.finished_at DESC, x.id DESC LIMIT 1)
        """;

    public const string OpenOfWanted =
        """
        SELECT r.* FROM wanted w CROSS JOIN runs r
        WHERE r.tenant = w.tenant AND r.namespace = w.namespace AND r.flow = w.flow AND r.finished_at IS NULL
        """;

    // The first after the last that succeeded, by their ids.
    public const string FirstFailures =
        """
        SELECT r.* FROM wanted w CROSS JOIN runs r WHERE r.id = (
          SELECT x.id FROM runs x
          WHERE x.tenant = w.tenant AND x.namespace = w.namespace AND x.flow = w.flow AND x.state = 'failed' AND x.dry_run = 0 AND x.id > COALESCE((
            SELECT y.id FROM runs y
            WHERE y.tenant = w.tenant AND y.namespace = w.namespace AND y.flow = w.flow AND y.state = 'succeeded' AND y.dry_run = 0
            ORDER BY y.id DESC LIMIT 1), '')
          ORDER BY x.id LIMIT 1)
        """;

    public const string LastChanges =
        """
        SELECT * FROM runs WHERE quiet = 0 AND dry_run = 0 AND id IN (SELECT id FROM runs WHERE state = 'succeeded' ORDER BY id DESC LIMIT @Take)
        ORDER BY id DESC
        """;

    public static string Page(RunQuery query)
    {
        var state = query.State is null ? "" : "AND state = @State ";
        return query switch
        {
            { Tenant: null, Namespace: null, Flow: null } =>
                $"SELECT * FROM runs WHERE id < @Before {state}ORDER BY id DESC LIMIT @Take",
            { Tenant: not null, Namespace: not null, Flow: not null } =>
                "SELECT * FROM runs WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND id < @Before " +
                $"{state}ORDER BY id DESC LIMIT @Take",
            // Some part of the name: the newest of each sync that fits, and of those the newest. A cross join is SQLite's word for "in this
            // order": left to itself it may walk the whole history and ask for each row whether it fits.
            _ =>
                "SELECT r.* FROM syncs s CROSS JOIN runs r WHERE r.id IN (" +
                "SELECT id FROM runs x WHERE x.tenant = s.tenant AND x.namespace = s.namespace AND x.flow = s.flow AND x.id < @Before " +
                $"{state}ORDER BY x.id DESC LIMIT @Take) AND {Parts(query)} ORDER BY r.id DESC LIMIT @Take",
        };
    }

    private static string Parts(RunQuery query) => string.Join(" AND ", new[]
    {
        query.Tenant is null ? null : "s.tenant = @Tenant",
        query.Namespace is null ? null : "s.namespace = @Namespace",
        query.Flow is null ? null : "s.flow = @Flow",
    }.OfType<string>());
}

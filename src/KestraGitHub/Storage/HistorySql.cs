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

    public const string Open = "SELECT * FROM runs WHERE state IN ('queued', 'waiting', 'running')";

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

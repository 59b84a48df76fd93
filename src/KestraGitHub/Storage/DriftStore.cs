using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>An object that the target holds otherwise than it was applied.</summary>
/// <param name="Kind"><c>flow</c>, <c>file</c>, …</param>
/// <param name="What"><c>edited</c>, <c>deleted</c>, <c>added</c>.</param>
/// <param name="Since">When the target says that it was changed; where it does not say, when it was first seen.</param>
/// <param name="Revision">What the target counts it by now; null where it does not say.</param>
/// <param name="By">Null where the target does not tell who.</param>
public sealed record DriftRow(string Task, string Kind, string Namespace, string Id, string What, DateTimeOffset Since, string? Revision, string? By)
{
    /// <summary>Who said to leave it as it is; null: nobody. It counts until the object is changed again.</summary>
    public string? IgnoredBy { get; init; }
}

/// <summary>The last look at the target of one task.</summary>
/// <param name="At">Of the last one that came to something; null: none did.</param>
/// <param name="Cursor">The target's then; null: a run has been there since.</param>
/// <param name="Error">Why it could not be looked at since, or null.</param>
public sealed record DriftLook(string Task, DateTimeOffset? At, string? Cursor, string? Error);

/// <summary>All that is known of one sync's drift.</summary>
public sealed record DriftKnown(IReadOnlyList<DriftLook> Looks, IReadOnlyList<DriftRow> Objects)
{
    public static DriftKnown Nothing { get; } = new([], []);

    /// <summary>Without what somebody said to leave as it is.</summary>
    public IEnumerable<DriftRow> Standing => Objects.Where(o => o.IgnoredBy is null);
}

/// <summary>Drift between runs: when it is looked for, and what was found.</summary>
internal sealed class DriftStore(Database database)
{
    private const string OfSync = "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow";

    private const string OfTask = OfSync + " AND task = @Task";

    /// <summary>What a look that failed counts as: it has told nothing.</summary>
    private const long Never = 0;

    private const string Left = "i.applied_likeness IS NOT NULL AND i.orphan = 0 AND i.source_version <> ''";

    /// <summary>
    /// True for whoever is to look now, one of all nodes; then it is due again after <paramref name="interval"/>. Otherwise the time that is left. A time
    /// further off than the interval is from before the interval, or the clock, was set.
    /// </summary>
    public Task<(bool Mine, TimeSpan Left)> ClaimAsync(SyncKey sync, TimeSpan interval, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            var parameters = new { sync.Tenant, sync.Namespace, sync.Flow, Now = now, Next = now + (long)interval.TotalMilliseconds };
            var claimed = await connection.ExecuteAsync(
                """
                INSERT INTO drift_clocks (tenant, namespace, flow, due_at) VALUES (@Tenant, @Namespace, @Flow, @Next)
                ON CONFLICT (tenant, namespace, flow) DO UPDATE SET due_at = excluded.due_at
                  WHERE drift_clocks.due_at <= @Now OR drift_clocks.due_at > @Next
                """,
                parameters, transaction);
            if (claimed == 1) return (true, interval);
            var due = await connection.ExecuteScalarAsync<long>($"SELECT due_at FROM drift_clocks WHERE {OfSync}", parameters, transaction);
            return (false, TimeSpan.FromMilliseconds(Math.Max(0, due - now)));
        },
        ct);

    /// <summary>Changes with each run that left something in the inventory of the task; null while a run of the sync is going on, or before the first.</summary>
    public Task<long?> StampAsync(SyncKey sync, string task, CancellationToken ct) =>
        database.ReadAsync(connection => StampAsync(connection, null, sync, task), ct);

    public async Task<DriftKnown> OfAsync(SyncKey sync, CancellationToken ct) => (await AllAsync(sync, ct)).GetValueOrDefault(sync, DriftKnown.Nothing);

    /// <param name="only">Null: every sync that was ever looked at.</param>
    public Task<IReadOnlyDictionary<SyncKey, DriftKnown>> AllAsync(SyncKey? only, CancellationToken ct) =>
        KnownAsync("", only is null ? "" : $"WHERE {OfSync} ", new { only?.Tenant, only?.Namespace, only?.Flow }, ct);

    /// <summary>Of those of <paramref name="syncs"/> that were ever looked at.</summary>
    public Task<IReadOnlyDictionary<SyncKey, DriftKnown>> OfAsync(IEnumerable<SyncKey> syncs, CancellationToken ct) => KnownAsync(
        WantedRows.With(database, "@Syncs", "tenant", "namespace", "flow"), "WHERE (tenant, namespace, flow) IN (SELECT tenant, namespace, flow FROM wanted) ",
        new { Syncs = WantedRows.Value(syncs.Select(s => new[] { s.Tenant, s.Namespace, s.Flow })) }, ct);

    /// <summary>How many objects of each sync have drifted; syncs without any are left out.</summary>
    public Task<IReadOnlyDictionary<SyncKey, long>> CountsAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyDictionary<SyncKey, long>)(await connection.QueryAsync<CountColumns>(
            "SELECT tenant, namespace, flow, COUNT(*) AS many FROM drifts WHERE ignored_by IS NULL GROUP BY tenant, namespace, flow")).ToDictionary(r => r.Sync, r => r.Many),
        ct);

    private Task<IReadOnlyDictionary<SyncKey, DriftKnown>> KnownAsync(string with, string where, object parameters, CancellationToken ct) => database.ReadAsync(
        async connection =>
        {
            var looks = (await connection.QueryAsync<LookColumns>($"{with}SELECT * FROM drift_checks {where}ORDER BY task", parameters)).ToLookup(l => l.Sync);
            var objects = (await connection.QueryAsync<DriftColumns>(
                $"{with}SELECT * FROM drifts {where}ORDER BY task, kind, object_namespace, object_id", parameters)).ToLookup(d => d.Sync);
            return (IReadOnlyDictionary<SyncKey, DriftKnown>)looks.Select(l => l.Key).Union(objects.Select(o => o.Key)).ToDictionary(
                sync => sync, sync => new DriftKnown([.. looks[sync].Select(l => l.ToLook())], [.. objects[sync].Select(d => d.ToRow())]));
        },
        ct);

    /// <summary>Marks one drifted object as left as it is, or takes the mark back (<paramref name="by"/> null). False when it is not drifted.</summary>
    public Task<bool> IgnoreAsync(SyncKey sync, string task, string kind, string space, string id, string? by, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            $"UPDATE drifts SET ignored_by = @By WHERE {OfTask} AND kind = @Kind AND object_namespace = @Space AND object_id = @Id",
            new { sync.Tenant, sync.Namespace, sync.Flow, Task = task, Kind = kind, Space = space, Id = id, By = by }, transaction) > 0,
        ct);

    /// <summary>Nothing is kept of tasks that the sync has no more.</summary>
    public Task KeepAsync(SyncKey sync, IReadOnlyCollection<string> tasks, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            foreach (var table in (string[])["drift_checks", "drifts"])
            {
                var gone = (await connection.QueryAsync<string>($"SELECT DISTINCT task FROM {table} WHERE {OfSync}", new { sync.Tenant, sync.Namespace, sync.Flow }, transaction))
                    .Except(tasks).ToList();
                foreach (var task in gone) await connection.ExecuteAsync($"DELETE FROM {table} WHERE {OfTask}", Parameters(sync, task), transaction);
            }

            return true;
        },
        ct);

    /// <summary>What was found now replaces what was known. Nothing is changed when a run came in between (<paramref name="stamp"/>).</summary>
    /// <param name="found">Null: nothing moved since the last look, or it failed; what was known stays.</param>
    /// <param name="told">By key, where the target says when, and by what it counts it now.</param>
    public Task<bool> SaveAsync(
        SyncKey sync, string task, long? stamp, IReadOnlyList<DriftFound>? found, IReadOnlyDictionary<ResourceKey, (DateTimeOffset At, string Version)> told, string? cursor,
        string? error, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            if (await StampAsync(connection, transaction, sync, task) != stamp) return false;
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            await connection.ExecuteAsync(
                """
                INSERT INTO drift_checks (tenant, namespace, flow, task, checked_at, cursor, error) VALUES (@Tenant, @Namespace, @Flow, @Task, @At, @Cursor, @Error)
                ON CONFLICT (tenant, namespace, flow, task) DO UPDATE SET
                  checked_at = CASE WHEN excluded.error IS NULL THEN excluded.checked_at ELSE drift_checks.checked_at END, cursor = excluded.cursor, error = excluded.error
                """,
                new { sync.Tenant, sync.Namespace, sync.Flow, Task = task, At = error is null ? now : Never, Cursor = cursor, Error = error }, transaction);
            if (found is null) return true;
            var known = (await connection.QueryAsync<DriftColumns>($"SELECT * FROM drifts WHERE {OfTask}", Parameters(sync, task), transaction))
                .ToDictionary(d => (d.Kind, d.ObjectNamespace, d.ObjectId));
            await connection.ExecuteAsync($"DELETE FROM drifts WHERE {OfTask}", Parameters(sync, task), transaction);
            database.Execute(connection, transaction, new RowStatement(
                """
                INSERT INTO drifts (tenant, namespace, flow, task, kind, object_namespace, object_id, what, since, revision, changed_by, ignored_by)
                VALUES (@Tenant, @Namespace, @Flow, @Task, @Kind, @ObjectNamespace, @ObjectId, @What, @Since, @Revision, NULL, @IgnoredBy)
                """,
                found.Select(f => Row(f, known.GetValueOrDefault((f.Key.Kind.Word(), f.Key.Namespace, f.Key.Id)))).ToList()));
            return true;

            // It has drifted since it was first changed, whatever came after.
            object Row(DriftFound f, DriftColumns? before)
            {
                var revision = f.Version.Length > 0 ? f.Version : told.GetValueOrDefault(f.Key).Version ?? before?.Revision;
                var same = before?.What == Word(f.What);
                return new
                {
                    sync.Tenant, sync.Namespace, sync.Flow, Task = task, Kind = f.Key.Kind.Word(), ObjectNamespace = f.Key.Namespace, ObjectId = f.Key.Id,
                    What = Word(f.What), Since = same ? before!.Since : told.TryGetValue(f.Key, out var at) ? at.At.ToUnixTimeMilliseconds() : now,
                    Revision = revision, IgnoredBy = same && before!.Revision == revision ? before.IgnoredBy : null,
                };
            }
        },
        ct);

    /// <summary>
    /// After a run, in the transaction that stores its inventory: what it overwrote is no drift any more, what it left is. The look that the run took
    /// itself is the last one.
    /// </summary>
    internal static async Task SettleAsync(DbConnection connection, DbTransaction transaction, SyncKey sync, string task, long now)
    {
        var parameters = new { sync.Tenant, sync.Namespace, sync.Flow, Task = task, Now = now };
        await connection.ExecuteAsync(
            $"""
            DELETE FROM drifts WHERE {OfTask} AND NOT EXISTS (
              SELECT 1 FROM inventory i
              WHERE i.tenant = drifts.tenant AND i.namespace = drifts.namespace AND i.flow = drifts.flow AND i.task = drifts.task AND i.kind = drifts.kind
                AND i.object_namespace = drifts.object_namespace AND i.object_id = drifts.object_id AND {Left})
            """,
            parameters, transaction);
        await connection.ExecuteAsync(
            $"""
            INSERT INTO drifts (tenant, namespace, flow, task, kind, object_namespace, object_id, what, since, revision, changed_by)
            SELECT i.tenant, i.namespace, i.flow, i.task, i.kind, i.object_namespace, i.object_id, CASE WHEN i.digest = '' THEN 'deleted' ELSE 'edited' END,
              @Now, CASE WHEN i.target_version = '' THEN NULL ELSE i.target_version END, NULL
            FROM inventory i
            WHERE i.tenant = @Tenant AND i.namespace = @Namespace AND i.flow = @Flow AND i.task = @Task AND {Left}
            ON CONFLICT (tenant, namespace, flow, task, kind, object_namespace, object_id) DO UPDATE SET
              what = excluded.what, revision = COALESCE(excluded.revision, drifts.revision)
            """,
            parameters, transaction);
        await connection.ExecuteAsync(
            """
            INSERT INTO drift_checks (tenant, namespace, flow, task, checked_at, cursor, error) VALUES (@Tenant, @Namespace, @Flow, @Task, @Now, NULL, NULL)
            ON CONFLICT (tenant, namespace, flow, task) DO UPDATE SET checked_at = excluded.checked_at, cursor = NULL, error = NULL
            """,
            parameters, transaction);
    }

    private static async Task<long?> StampAsync(DbConnection connection, DbTransaction? transaction, SyncKey sync, string task) =>
        await connection.ExecuteScalarAsync<long?>(
            $"""
            SELECT saved_at FROM task_states WHERE {OfTask} AND NOT EXISTS (
              SELECT 1 FROM runs WHERE {OfSync} AND state = 'running')
            """,
            Parameters(sync, task), transaction);

    private static object Parameters(SyncKey sync, string task) => new { sync.Tenant, sync.Namespace, sync.Flow, Task = task };

    private static string Word(DriftKind what) => what.ToString().ToLowerInvariant();

    private sealed class CountColumns : SyncColumns
    {
        public long Many { get; init; }
    }

    private sealed class LookColumns : SyncColumns
    {
        public string Task { get; init; } = "";
        public long CheckedAt { get; init; }
        public string? Cursor { get; init; }
        public string? Error { get; init; }

        public DriftLook ToLook() => new(Task, CheckedAt == Never ? null : StoredText.Time(CheckedAt), Cursor, Error);
    }

    private sealed class DriftColumns : SyncColumns
    {
        public string Task { get; init; } = "";
        public string Kind { get; init; } = "";
        public string ObjectNamespace { get; init; } = "";
        public string ObjectId { get; init; } = "";
        public string What { get; init; } = "";
        public long Since { get; init; }
        public string? Revision { get; init; }
        public string? ChangedBy { get; init; }
        public string? IgnoredBy { get; init; }

        public DriftRow ToRow() => new(Task, Kind, ObjectNamespace, ObjectId, What, StoredText.Time(Since), Revision, ChangedBy) { IgnoredBy = IgnoredBy };
    }
}

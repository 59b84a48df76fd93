using System.Data.Common;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>What a wish for a run has to know of the database.</summary>
/// <param name="Waiting">The run of each sync that a wish may join.</param>
/// <param name="Now">By the clock that runs and leases go by.</param>
internal sealed record RunsFound(IReadOnlyDictionary<SyncKey, string> Waiting, DateTimeOffset Now);

/// <summary>Asks for it, as part of one question: nobody else takes in runs of these syncs from here to the end of the transaction.</summary>
internal sealed class RunLook
{
    // From the sync to its open runs by their index, and to nothing else: with a join PostgreSQL began at times with all open runs. The lock is inside: a
    // row that another server has just changed is asked the conditions again, and the next one takes its place.
    internal const string Open =
        """
        SELECT (
          SELECT x.id FROM runs x
          WHERE x.tenant = w.tenant AND x.namespace = w.namespace AND x.flow = w.flow AND x.finished_at IS NULL
            AND x.state IN ('queued', 'waiting') AND x.mergeable = 1 AND x.cancel_requested = 0
          ORDER BY x.not_before, x.id LIMIT 1
        """;

    internal const string OfWanted = "), w.tenant, w.namespace, w.flow FROM wanted w";

    private readonly Database _database;

    public RunLook(Database database)
    {
        _database = database;
        string?[] parts = [database.LockSyncs, WantedRows.With(database, "@Syncs", "tenant", "namespace", "flow") + Open + database.RowLock("x") + OfWanted, database.NowSql];
        Sql = string.Join(";\n", parts.Where(p => p is not null));
    }

    public string Sql { get; }

    /// <param name="requests">Of those that are mergeable, the runs that wait are looked for.</param>
    public IEnumerable<(string Name, object Value)> Parameters(IEnumerable<RunRequest> requests)
    {
        var syncs = requests.Where(r => r.Mergeable).Select(r => r.Sync).Distinct().ToList();
        yield return ("Syncs", WantedRows.Value(syncs.Select(s => new[] { s.Tenant, s.Namespace, s.Flow })));
        if (_database.LockSyncs is not null) yield return ("Names", syncs.Select(s => s.ToString()).ToArray());
    }

    /// <param name="found">At the first answer of <see cref="Sql"/>.</param>
    public RunsFound Read(DbDataReader found)
    {
        if (_database.LockSyncs is not null) found.NextResult();
        var waiting = new Dictionary<SyncKey, string>();
        while (found.Read())
            if (!found.IsDBNull(0)) waiting.Add(new(found.GetString(1), found.GetString(2), found.GetString(3)), found.GetString(0));
        if (_database.NowSql is null) return new(waiting, _database.Now);
        found.NextResult();
        found.Read();
        return new(waiting, StoredText.Time(found.GetInt64(0)));
    }
}

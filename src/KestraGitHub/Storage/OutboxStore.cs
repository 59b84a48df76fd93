using Dapper;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>What is to be told to GitHub, kept until it was told. One writer at a time for each commit and context: who claims the row.</summary>
internal sealed class OutboxStore(Database database)
{
    // A newer run has the say over a commit; an older one that ends late does not.
    private const string Follow =
        $"""
        INSERT INTO github_outbox (
          id, tenant, namespace, flow, run_id, repository, sha, context, following, stage, kind, due, attempts, not_before, taken_until, unsure, changed_at)
        SELECT @RowId, tenant, namespace, flow, id, @Repository, @Sha, @Context, 1, '', '', 0, 0, 0, 0, 0, @Now FROM runs WHERE {RunStore.Held}
        ON CONFLICT (repository, sha, context) DO UPDATE SET
          run_id = excluded.run_id, following = 1, stage = CASE WHEN github_outbox.run_id = excluded.run_id THEN github_outbox.stage ELSE '' END,
          changed_at = excluded.changed_at
        WHERE excluded.run_id >= github_outbox.run_id
        """;

    private const string Tell =
        """
        INSERT INTO github_outbox (
          id, tenant, namespace, flow, run_id, repository, sha, context, following, stage, kind, payload, digest, due, attempts, not_before, taken_until, unsure, changed_at)
        VALUES (@Id, @Tenant, @Namespace, @Flow, '', @Repository, @Sha, @Context, 0, '', @Kind, @Payload, @Digest, 1, 0, @Now, 0, 0, @Now)
        ON CONFLICT (repository, sha, context) DO NOTHING
        """;

    /// <summary>Tells of commits what becomes of the run that holds <paramref name="lease"/>. Nothing happens when it is lost.</summary>
    public Task FollowAsync(Lease lease, IReadOnlyList<(string Repository, string Sha)> commits, string context, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = await database.NowAsync(connection);
            database.Execute(connection, transaction, new RowStatement(Follow, [.. commits.Select(c => (object)new
            {
                RowId = database.Ids.Next(now), Id = lease.RunId, lease.Fence, lease.Owner, c.Repository, c.Sha, Context = context, Now = now.ToUnixTimeMilliseconds(),
            })]));
            return 0;
        },
        ct);

    /// <summary>Has a commit told something of no run, under each sync's context. Where a run is told of, that stands.</summary>
    public Task TellAsync(IReadOnlyList<(SyncKey Sync, string Context)> syncs, string repository, string sha, string kind, string payload, string digest, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = await database.NowAsync(connection);
            database.Execute(connection, transaction, new RowStatement(Tell, [.. syncs.Select(s => (object)new
            {
                Id = database.Ids.Next(now), s.Sync.Tenant, s.Sync.Namespace, s.Sync.Flow, Repository = repository, Sha = sha, s.Context, Kind = kind, Payload = payload, Digest = digest,
                Now = now.ToUnixTimeMilliseconds(),
            })]));
            return 0;
        },
        ct);

    /// <summary>The checks that a commit was told last, one for each context.</summary>
    /// <param name="repositories">Every name that the repository has or had.</param>
    public Task<IReadOnlyList<OutboxRow>> ChecksAsync(IReadOnlyList<string> repositories, string sha, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<OutboxRow>)[.. (await connection.QueryAsync<OutboxColumns>(
            WantedRows.With(database, "@Names", "name")
            + "SELECT o.* FROM wanted w CROSS JOIN github_outbox o WHERE o.repository = w.name AND o.sha = @Sha AND o.sent_kind = 'check' ORDER BY o.context",
            new { Names = WantedRows.Value(repositories.Select(name => new[] { name })), Sha = sha })).Select(r => r.ToRow())],
        ct);

    /// <summary>Has the rows tell of the runs that were asked for in the place of theirs.</summary>
    public Task FollowAsync(IReadOnlyList<(OutboxRow Row, string RunId)> again, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            database.Execute(connection, transaction, new RowStatement(
                "UPDATE github_outbox SET run_id = @RunId, following = 1, stage = '', changed_at = @Now WHERE id = @Id AND run_id < @RunId",
                [.. again.Select(a => (object)new { a.Row.Id, a.RunId, Now = now })]));
            return 0;
        },
        ct);

    /// <summary>The rows whose run has not ended, or whose ending was not looked at.</summary>
    public Task<IReadOnlyList<OutboxRow>> FollowingAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<OutboxRow>)[.. (await connection.QueryAsync<OutboxColumns>("SELECT * FROM github_outbox WHERE following = 1 ORDER BY run_id, id")).Select(r => r.ToRow())],
        ct);

    /// <summary>Puts down what is to be told now; <paramref name="payload"/> null: what was told is still right.</summary>
    /// <param name="row">As it was looked at: where another node was quicker nothing happens.</param>
    /// <param name="ended">True: it need not be followed any more.</param>
    public Task PutAsync(OutboxRow row, string stage, bool ended, string kind, string? payload, string digest, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            """
            UPDATE github_outbox SET
              stage = @Stage, following = @Following, changed_at = @Now,
              kind = CASE WHEN @Payload = '' THEN kind ELSE @Kind END,
              payload = CASE WHEN @Payload = '' THEN payload ELSE @Payload END,
              digest = CASE WHEN @Payload = '' THEN sent_digest ELSE @Digest END,
              due = CASE WHEN @Payload = '' OR sent_digest = @Digest THEN 0 ELSE 1 END,
              attempts = 0, not_before = @Now
            WHERE id = @Id AND run_id = @RunId AND stage = @Before
            """,
            new
            {
                row.Id, row.RunId, Before = row.Stage, Stage = stage, Following = StoredText.Flag(!ended), Kind = kind, Payload = payload ?? "", Digest = digest,
                Now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds(),
            },
            transaction),
        ct);

    /// <summary>Takes the row that is due longest and that nobody has; null when there is none.</summary>
    /// <param name="hold">After which somebody else may take it: then nobody knows whether it arrived.</param>
    public Task<OutboxRow?> ClaimAsync(TimeSpan hold, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            var taken = await connection.QuerySingleOrDefaultAsync<OutboxColumns>(
                """
                UPDATE github_outbox SET taken_until = @Until, unsure = CASE WHEN taken_until > 0 THEN 1 ELSE unsure END
                WHERE due = 1 AND taken_until < @Now AND id = (
                  SELECT id FROM github_outbox WHERE due = 1 AND not_before <= @Now AND taken_until < @Now ORDER BY not_before, id LIMIT 1)
                RETURNING *
                """,
                new { Now = now, Until = now + (long)hold.TotalMilliseconds },
                transaction);
            return taken?.ToRow();
        },
        ct);

    /// <summary>It arrived. What was put down meanwhile is due still.</summary>
    public Task SentAsync(OutboxRow row, string id, string state, string text, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            """
            UPDATE github_outbox SET
              sent_kind = @Kind, sent_id = @Sent, sent_run = @RunId, sent_digest = @Digest, sent_state = @State, sent_text = @Text,
              due = CASE WHEN digest = @Digest THEN 0 ELSE 1 END, taken_until = 0, unsure = 0, attempts = 0, error = NULL, changed_at = @Now
            WHERE id = @Id
            """,
            new { row.Id, row.Kind, Sent = id, row.RunId, row.Digest, State = state, Text = text, Now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds() },
            transaction),
        ct);

    /// <summary>It did not arrive, or nobody knows. Null for <paramref name="delay"/>: it is given up.</summary>
    /// <param name="counts">False where it was not even tried.</param>
    public Task LaterAsync(OutboxRow row, TimeSpan? delay, bool counts, bool unsure, string error, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            return await connection.ExecuteAsync(
                """
                UPDATE github_outbox SET
                  not_before = @NotBefore, attempts = attempts + @Counts, taken_until = 0, unsure = CASE WHEN unsure = 1 THEN 1 ELSE @Unsure END, error = @Error,
                  due = CASE WHEN @GivenUp = 1 AND digest = @Digest THEN 0 ELSE 1 END, changed_at = @Now
                WHERE id = @Id
                """,
                new
                {
                    row.Id, row.Digest, Counts = StoredText.Flag(counts), Unsure = StoredText.Flag(unsure), Error = Redaction.Clean(error),
                    GivenUp = StoredText.Flag(delay is null), NotBefore = now + (long)(delay ?? TimeSpan.Zero).TotalMilliseconds, Now = now,
                },
                transaction);
        },
        ct);

    /// <summary>At the start of a process that has the database for itself: what an earlier one had taken it will not finish.</summary>
    public async Task RecoverAsync(CancellationToken ct)
    {
        if (database.Shared) return;
        await database.WriteAsync((connection, transaction) => connection.ExecuteAsync("UPDATE github_outbox SET taken_until = 1 WHERE taken_until > 1", transaction: transaction), ct);
    }

    private sealed class OutboxColumns : SyncColumns
    {
        public string Id { get; init; } = "";
        public string RunId { get; init; } = "";
        public string Repository { get; init; } = "";
        public string Sha { get; init; } = "";
        public string Context { get; init; } = "";
        public string Stage { get; init; } = "";
        public string Kind { get; init; } = "";
        public string? Payload { get; init; }
        public string? Digest { get; init; }
        public long Attempts { get; init; }
        public long Unsure { get; init; }
        public string? SentKind { get; init; }
        public string? SentId { get; init; }
        public string? SentRun { get; init; }
        public string? SentDigest { get; init; }
        public string? SentState { get; init; }
        public string? SentText { get; init; }

        public OutboxRow ToRow() => new(Id, Sync, RunId, Repository, Sha, Context, Stage, Kind, Payload, Digest, (int)Attempts, Unsure != 0)
        {
            Sent = SentDigest is null ? null : new SentReport(SentKind ?? "", SentId ?? "", SentRun ?? "", SentDigest, SentState ?? "", SentText ?? ""),
        };
    }
}

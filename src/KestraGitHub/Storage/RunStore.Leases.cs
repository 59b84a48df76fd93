using System.Data.Common;
using Dapper;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

// Claiming a run and everything that only its holder may do to it.
internal sealed partial class RunStore
{
    // The last moment that a date can name.
    private static readonly long Never = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    internal const string Held = "id = @Id AND fence = @Fence AND lease_owner = @Owner AND state = 'running'";

    // In the order in which they fell due: the index of the queue has it, and the history is never walked.
    internal const string Claim =
        """
        UPDATE runs SET
          state = 'running', waiting_for = NULL, fence = fence + 1, lease_owner = @Owner, lease_until = @Until,
          started_at = COALESCE(started_at, @Now)
        WHERE state IN ('queued', 'waiting') AND id = (
          SELECT id FROM runs
          WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND finished_at IS NULL
            AND state IN ('queued', 'waiting') AND not_before <= @Now
          ORDER BY not_before, id LIMIT 1)
          AND NOT EXISTS (
            SELECT 1 FROM runs WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND state = 'running')
        RETURNING *
        """;

    // What a run wrote to Kestra, and nobody has said yet that it stands as before or is left.
    internal const string Unsettled = "EXISTS (SELECT 1 FROM journal j WHERE j.run_id = runs.id AND j.branch IS NULL AND j.state IN ('planned', 'written'))";

    // Somebody wants it stopped, and there is nothing left to do for that: what it wrote has to be put back first.
    private const string Stopped = $"(cancel_requested = 1 AND NOT {Unsettled})";

    // Whoever gives a run up that somebody wants stopped has stopped it.
    private const string GiveBack =
        $"""
        lease_owner = NULL, lease_until = NULL,
        finished_at = CASE WHEN {Stopped} THEN @Now ELSE NULL END,
        """;

    /// <summary>Claims the oldest due run of <paramref name="sync"/> that nobody holds, unless one is running. Null when there is nothing to do now.</summary>
    public async Task<ClaimedRun?> ClaimAsync(SyncKey sync, string owner, TimeSpan lease, CancellationToken ct)
    {
        try
        {
            var claimed = await database.WriteAsync(
                async (connection, transaction) =>
                {
                    var now = await NowAsync(connection);
                    return await connection.QuerySingleOrDefaultAsync<RunRecord>(
                        Claim,
                        new { Owner = owner, Until = now + (long)lease.TotalMilliseconds, Now = now, sync.Tenant, sync.Namespace, sync.Flow },
                        transaction);
                },
                ct);
            return claimed is null ? null : new ClaimedRun(claimed.ToRow(), claimed.ToLease());
        }
        catch (DbException e) when (database.IsUniqueViolation(e))
        {
            return null;
        }
    }

    /// <summary>Extends a lease. Null when it is lost; <c>CancelRequested</c> tells that someone asked to stop.</summary>
    public async Task<(Lease Lease, bool CancelRequested)?> RenewAsync(Lease lease, TimeSpan duration, CancellationToken ct)
    {
        var renewed = await database.WriteAsync(
            async (connection, transaction) => await connection.QuerySingleOrDefaultAsync<RunRecord>(
                $"UPDATE runs SET lease_until = @Until WHERE {Held} RETURNING *",
                new { Id = lease.RunId, lease.Fence, lease.Owner, Until = await NowAsync(connection) + (long)duration.TotalMilliseconds },
                transaction),
            ct);
        return renewed is null ? null : (renewed.ToLease(), renewed.CancelRequested != 0);
    }

    /// <summary>Records the commit that a running run reads.</summary>
    /// <param name="message">Null where the commit was only named, not read: then what the last runs of the sync know of it is taken.</param>
    public Task SetRevisionAsync(Lease lease, string revision, string? message, string? author, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            message is null
                ? $"UPDATE runs SET revision = @Revision, commit_message = {KnownOf("commit_message")}, author = {KnownOf("author")} WHERE {Held}"
                : $"UPDATE runs SET revision = @Revision, commit_message = @Message, author = @Author WHERE {Held}",
            new
            {
                Id = lease.RunId, lease.Fence, lease.Owner, lease.Sync.Tenant, lease.Sync.Namespace, lease.Sync.Flow,
                Revision = revision, Message = Redaction.Clean(message), Author = Redaction.Clean(author),
            },
            transaction),
        ct);

    private static string KnownOf(string column) =>
        $"""
        (SELECT known.{column} FROM (
          SELECT revision, commit_message, author, id FROM runs WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND id < @Id ORDER BY id DESC LIMIT 20) known
        WHERE known.revision = @Revision AND known.commit_message IS NOT NULL ORDER BY known.id DESC LIMIT 1)
        """;

    /// <summary>Ends a run under its lease, with its rows. False when the lease is lost: nothing is changed then.</summary>
    public Task<bool> FinishAsync(Lease lease, RunEnding ending, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var ended = await connection.QuerySingleOrDefaultAsync<RunRecord>(
                $"""
                UPDATE runs SET
                  state = @State, counts = @Counts, error = @Error, error_kind = @ErrorKind, finished_at = @Now, quiet = @Quiet,
                  lease_owner = NULL, lease_until = NULL, waiting_for = NULL
                WHERE {Held} RETURNING *
                """,
                new
                {
                    Id = lease.RunId,
                    lease.Fence,
                    lease.Owner,
                    State = ending.State.Word(),
                    Counts = StoredText.Json(ending.Counts),
                    Error = Redaction.Clean(ending.Error),
                    ending.ErrorKind,
                    Now = await NowAsync(connection),
                    Quiet = StoredText.Flag(RunEndings.Quiet(ending)),
                },
                transaction);
            if (ended is null) return false;
            database.Execute(connection, transaction, RunEndings.ClearChanges(ended.Id), RunEndings.StoreChanges(ended.Id, ending.Changes));
            await RunEndings.CollapseAsync(connection, transaction, ended);
            return true;
        },
        ct);

    /// <summary>Gives a run back to the queue after a transient failure: waiting for <paramref name="delay"/>, next attempt.</summary>
    public Task<bool> RetryAsync(Lease lease, TimeSpan delay, string waitingFor, string error, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = await NowAsync(connection);
            return await connection.ExecuteAsync(
            $"""
            UPDATE runs SET {GiveBack}
              state = CASE WHEN {Stopped} THEN 'cancelled' ELSE 'waiting' END,
              waiting_for = CASE WHEN {Stopped} THEN NULL ELSE @WaitingFor END,
              attempt = CASE WHEN {Stopped} THEN attempt ELSE attempt + 1 END,
              waits_since = @Now, not_before = CASE WHEN cancel_requested = 1 THEN @Now ELSE @NotBefore END, error = @Error, error_kind = 'transient'
            WHERE {Held}
            """,
            new
            {
                Id = lease.RunId,
                lease.Fence,
                lease.Owner,
                Now = now,
                NotBefore = now + (long)delay.TotalMilliseconds,
                WaitingFor = waitingFor,
                Error = Redaction.Clean(error),
            },
            transaction) == 1;
        },
        ct);

    /// <summary>
    /// Puts a run aside until <paramref name="delay"/> is over (null: until somebody says so), with what it would do. It costs no attempt; a run that somebody
    /// wants stopped ends instead.
    /// </summary>
    public Task<bool> ParkAsync(
        Lease lease, string waitingFor, TimeSpan? delay, string reason, RunCounts counts, IReadOnlyList<ChangeRow> changes, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = await NowAsync(connection);
            var parked = await connection.ExecuteAsync(
                $"""
                UPDATE runs SET {GiveBack}
                  state = CASE WHEN {Stopped} THEN 'cancelled' ELSE 'waiting' END,
                  waiting_for = CASE WHEN {Stopped} THEN NULL ELSE @WaitingFor END,
                  waits_since = @Now, not_before = CASE WHEN cancel_requested = 1 THEN @Now ELSE @NotBefore END, counts = @Counts, error = @Reason, error_kind = NULL
                WHERE {Held}
                """,
                new
                {
                    Id = lease.RunId,
                    lease.Fence,
                    lease.Owner,
                    Now = now,
                    NotBefore = delay is { } time ? now + (long)time.TotalMilliseconds : Never,
                    WaitingFor = waitingFor,
                    Counts = StoredText.Json(counts),
                    Reason = Redaction.Clean(reason),
                },
                transaction) == 1;
            if (parked) database.Execute(connection, transaction, RunEndings.ClearChanges(lease.RunId), RunEndings.StoreChanges(lease.RunId, changes));
            return parked;
        },
        ct);

    /// <summary>Lets runs that wait for <paramref name="waitingFor"/> go on now: one run, those of one sync, or all.</summary>
    /// <returns>Their syncs, to be woken.</returns>
    public Task<IReadOnlyList<SyncKey>> UnparkAsync(string waitingFor, string? runId, SyncKey? sync, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => (IReadOnlyList<SyncKey>)[.. (await connection.QueryAsync<SyncColumns>(
            """
            UPDATE runs SET state = 'queued', waiting_for = NULL, error = NULL, waits_since = @Now, not_before = @Now
            WHERE finished_at IS NULL AND state = 'waiting' AND waiting_for = @WaitingFor AND (@RunId = '' OR id = @RunId)
              AND (@Tenant = '' OR (tenant = @Tenant AND namespace = @Namespace AND flow = @Flow))
            RETURNING tenant, namespace, flow
            """,
            new
            {
                Now = await NowAsync(connection), WaitingFor = waitingFor, RunId = runId ?? "", Tenant = sync?.Tenant ?? "", Namespace = sync?.Namespace ?? "", Flow = sync?.Flow ?? "",
            },
            transaction)).Select(r => r.Sync).Distinct()],
        ct);

    /// <summary>Gives a running run back as it was (shutdown): queued, same attempt.</summary>
    public Task ReleaseAsync(Lease lease, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            $"UPDATE runs SET {GiveBack} state = CASE WHEN {Stopped} THEN 'cancelled' ELSE 'queued' END WHERE {Held}",
            new { Id = lease.RunId, lease.Fence, lease.Owner, Now = await NowAsync(connection) },
            transaction),
        ct);

    /// <summary>
    /// Sets right what time did to runs. Those whose lease ended go back to the queue, same attempt; <paramref name="all"/>: whatever the lease says (this
    /// process owns the data alone). Those that wait since a moment which a clock that was set back has yet to reach wait as long as they were asked to,
    /// from now.
    /// </summary>
    /// <returns>How many went back to the queue.</returns>
    public Task<int> RecoverAsync(bool all, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var parameters = new { All = StoredText.Flag(all), Now = await NowAsync(connection) };
            await connection.ExecuteAsync(
                """
                UPDATE runs SET not_before = not_before - waits_since + @Now, waits_since = @Now
                WHERE finished_at IS NULL AND state IN ('queued', 'waiting') AND waits_since > @Now
                """,
                parameters,
                transaction);
            return await connection.ExecuteAsync(
                $"""
                UPDATE runs SET {GiveBack} state = CASE WHEN {Stopped} THEN 'cancelled' ELSE 'queued' END
                WHERE finished_at IS NULL AND state = 'running' AND (@All = 1 OR lease_until < @Now)
                """,
                parameters,
                transaction);
        },
        ct);
}

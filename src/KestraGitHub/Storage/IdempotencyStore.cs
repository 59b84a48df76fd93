using Dapper;

namespace KestraGitHub.Storage;

/// <summary>A caller's name for one request of his.</summary>
internal readonly record struct IdempotencyName(string Caller, string Key);

/// <summary>What a request was answered.</summary>
internal sealed record KeptAnswer(int Status, string? ContentType, string? Location, string Body);

internal enum IdempotencyOutcome
{
    /// <summary>Nobody used it: the request is to be carried out.</summary>
    Fresh,

    /// <summary>The same request is being carried out.</summary>
    Busy,

    /// <summary>Another request has it.</summary>
    Other,

    /// <summary>The same request was answered.</summary>
    Known,
}

internal sealed record IdempotencyClaim(IdempotencyOutcome Outcome, KeptAnswer? Answer = null);

/// <summary>Which requests were made under which key, and what they were answered: for a day, over all nodes.</summary>
internal sealed class IdempotencyStore(Database database)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>After which nobody works on a request any more that has no answer: whoever did is gone.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(2);

    /// <param name="request">Digest of the request.</param>
    public Task<IdempotencyClaim> ClaimAsync(IdempotencyName name, string request, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            var values = new { name.Caller, name.Key, Request = request, Now = now, Expired = now - (long)Kept.TotalMilliseconds, Abandoned = now - (long)Abandoned.TotalMilliseconds };
            await connection.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_at < @Expired", values, transaction);
            var claimed = await connection.ExecuteAsync(
                """
                INSERT INTO idempotency_keys (caller, name, request, status, body, created_at) VALUES (@Caller, @Key, @Request, 0, '', @Now)
                ON CONFLICT (caller, name) DO UPDATE SET created_at = excluded.created_at
                WHERE idempotency_keys.status = 0 AND idempotency_keys.request = excluded.request AND idempotency_keys.created_at < @Abandoned
                """,
                values, transaction);
            if (claimed == 1) return new IdempotencyClaim(IdempotencyOutcome.Fresh);
            var held = await connection.QuerySingleAsync<Columns>(
                "SELECT request, status, content_type, location, body FROM idempotency_keys WHERE caller = @Caller AND name = @Key", values, transaction);
            return held.Request != request ? new IdempotencyClaim(IdempotencyOutcome.Other)
                : held.Status == 0 ? new IdempotencyClaim(IdempotencyOutcome.Busy)
                : new IdempotencyClaim(IdempotencyOutcome.Known, new KeptAnswer((int)held.Status, held.ContentType, held.Location, held.Body));
        },
        ct);

    public Task KeepAsync(IdempotencyName name, KeptAnswer answer, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            "UPDATE idempotency_keys SET status = @Status, content_type = @ContentType, location = @Location, body = @Body WHERE caller = @Caller AND name = @Key",
            new { name.Caller, name.Key, answer.Status, answer.ContentType, answer.Location, answer.Body }, transaction),
        ct);

    /// <summary>Nothing came of the request: it may be made again.</summary>
    public Task ForgetAsync(IdempotencyName name, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            "DELETE FROM idempotency_keys WHERE caller = @Caller AND name = @Key AND status = 0", new { name.Caller, name.Key }, transaction),
        ct);

    private sealed class Columns
    {
        public string Request { get; init; } = "";
        public long Status { get; init; }
        public string? ContentType { get; init; }
        public string? Location { get; init; }
        public string Body { get; init; } = "";
    }
}

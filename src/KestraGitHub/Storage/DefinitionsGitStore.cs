using System.Data.Common;
using System.Text;
using Dapper;
using KestraGitHub.Configuration;

namespace KestraGitHub.Storage;

/// <summary>Which commit's definitions are in force.</summary>
/// <param name="Commit">Empty: none yet.</param>
/// <param name="Refused">The newest commit that was looked at and not taken; null where there is none since.</param>
/// <param name="Refusal">Its faults, as sentences.</param>
/// <param name="HeldBy">Who went back to the commit and holds it, whatever the branch says; null where the branch is followed.</param>
public sealed record DefinitionsInForce(
    string Commit, string Message, string Author, DateTimeOffset Since, string? Refused, DateTimeOffset? RefusedAt, string? Refusal, string? HeldBy, DateTimeOffset? HeldAt);

/// <summary>A commit as it is kept beside its files.</summary>
public sealed record DefinitionsSource(string Commit, string Message, string Author);

/// <summary>What once became of a commit of the definitions.</summary>
/// <param name="Outcome"><c>taken</c>, <c>refused</c>, <c>rolledBack</c> (gone back to) or <c>followed</c> (the branch is followed again).</param>
/// <param name="Actor">Who asked for it; null where the branch moved.</param>
/// <param name="Detail">The faults of a refused one, what another changed; null where there is nothing to say.</param>
public sealed record DefinitionsEvent(string Commit, string Message, string Author, DateTimeOffset At, string Outcome, string? Actor, string? Detail);

/// <summary>What all nodes agree on of definitions that come from Git.</summary>
internal sealed class DefinitionsGitStore(Database database)
{
    private const int MostEvents = 200;

    private const string Keep =
        "DELETE FROM definitions_git_history WHERE place = @Place AND id NOT IN (SELECT id FROM definitions_git_history WHERE place = @Place ORDER BY at DESC, id DESC LIMIT @MostEvents)";

    /// <param name="place">Names repository, branch and directory: another place begins anew.</param>
    public Task<DefinitionsInForce?> GetAsync(string place, CancellationToken ct) => database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<Columns>("SELECT * FROM definitions_git WHERE place = @Place", new { Place = place }))?.ToRow(), ct);

    public Task<IReadOnlyList<(string File, byte[] Content)>> FilesAsync(string place, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<(string, byte[])>)[.. (await connection.QueryAsync<FileColumns>(
            "SELECT file, content FROM definitions_git_files WHERE place = @Place ORDER BY file", new { Place = place })).Select(f => (f.File, Encoding.UTF8.GetBytes(f.Content)))],
        ct);

    /// <summary>Newest first; the last two hundred are kept.</summary>
    public Task<IReadOnlyList<DefinitionsEvent>> HistoryAsync(string place, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<DefinitionsEvent>)[.. (await connection.QueryAsync<EventColumns>(
            "SELECT * FROM definitions_git_history WHERE place = @Place ORDER BY at DESC, id DESC LIMIT @MostEvents", new { Place = place, MostEvents })).Select(e => e.ToRow())],
        ct);

    /// <summary>Puts the branch's commit in force, with all of its files, in one transaction. False where it is in force already, or somebody holds another.</summary>
    public Task<bool> AcceptAsync(string place, DefinitionsSource source, IReadOnlyList<(string File, byte[] Content)> files, string? detail, CancellationToken ct) =>
        PutAsync(place, source, files, null, detail, ct);

    /// <summary>Goes back to a commit and holds it until <see cref="FollowAsync"/>.</summary>
    public Task HoldAsync(string place, DefinitionsSource source, IReadOnlyList<(string File, byte[] Content)> files, string actor, CancellationToken ct) =>
        PutAsync(place, source, files, actor, null, ct);

    /// <summary>Follows the branch again. False where nothing was held.</summary>
    public Task<bool> FollowAsync(string place, string actor, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var held = await connection.QuerySingleOrDefaultAsync<Columns>(
                "UPDATE definitions_git SET held_by = NULL, held_at = NULL WHERE place = @Place AND held_by IS NOT NULL RETURNING *", new { Place = place }, transaction);
            if (held is not null) await NoteAsync(connection, transaction, place, new(held.CommitId, held.Message, held.Author), "followed", actor, null);
            return held is not null;
        },
        ct);

    /// <summary>Notes that a commit is not taken; what is in force stays.</summary>
    public Task RefuseAsync(string place, DefinitionsSource source, string refusal, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            var noted = await connection.ExecuteAsync(
                """
                INSERT INTO definitions_git (place, commit_id, message, author, in_force_at, refused_commit, refused_at, refusal) VALUES (@Place, '', '', '', 0, @Commit, @Now, @Refusal)
                ON CONFLICT (place) DO UPDATE SET refused_commit = excluded.refused_commit, refused_at = excluded.refused_at, refusal = excluded.refusal
                WHERE definitions_git.refused_commit IS NULL OR definitions_git.refused_commit <> excluded.refused_commit
                """,
                new { Place = place, source.Commit, Refusal = refusal, Now = now }, transaction);
            if (noted > 0) await NoteAsync(connection, transaction, place, source, "refused", null, refusal);
            return noted;
        },
        ct);

    private Task<bool> PutAsync(
        string place, DefinitionsSource source, IReadOnlyList<(string File, byte[] Content)> files, string? holder, string? detail, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            // Two nodes may bring the same commit, and a person may have gone back while one read it.
            var put = await connection.ExecuteAsync(
                """
                INSERT INTO definitions_git (place, commit_id, message, author, in_force_at, held_by, held_at) VALUES (@Place, @Commit, @Message, @Author, @Now, @Holder, @HeldAt)
                ON CONFLICT (place) DO UPDATE SET
                  commit_id = excluded.commit_id, message = excluded.message, author = excluded.author, in_force_at = excluded.in_force_at,
                  refused_commit = NULL, refused_at = NULL, refusal = NULL, held_by = excluded.held_by, held_at = excluded.held_at
                WHERE excluded.held_by IS NOT NULL OR (definitions_git.held_by IS NULL AND definitions_git.commit_id <> excluded.commit_id)
                """,
                new { Place = place, source.Commit, source.Message, source.Author, Now = now, Holder = holder, HeldAt = holder is null ? (long?)null : now }, transaction);
            if (put == 0) return false;
            await connection.ExecuteAsync("DELETE FROM definitions_git_files WHERE place = @Place", new { Place = place }, transaction);
            database.Execute(connection, transaction, new RowStatement(
                "INSERT INTO definitions_git_files (place, file, content) VALUES (@Place, @File, @Content)",
                [.. files.Select(f => (object)new { Place = place, f.File, Content = Encoding.UTF8.GetString(f.Content) })]));
            await NoteAsync(connection, transaction, place, source, holder is null ? "taken" : "rolledBack", holder, detail);
            return true;
        },
        ct);

    private async Task NoteAsync(DbConnection connection, DbTransaction transaction, string place, DefinitionsSource source, string outcome, string? actor, string? detail)
    {
        var now = await database.NowAsync(connection);
        var row = new
        {
            Id = database.Ids.Next(now), Place = place, source.Commit, source.Message, source.Author, At = now.ToUnixTimeMilliseconds(), Outcome = outcome, Actor = actor,
            Detail = Redaction.Clean(detail), MostEvents,
        };
        await connection.ExecuteAsync(
            """
            INSERT INTO definitions_git_history (id, place, commit_id, message, author, at, outcome, actor, detail)
            VALUES (@Id, @Place, @Commit, @Message, @Author, @At, @Outcome, @Actor, @Detail)
            """,
            row, transaction);
        await connection.ExecuteAsync(Keep, row, transaction);
    }

    private sealed class Columns
    {
        public string CommitId { get; init; } = "";
        public string Message { get; init; } = "";
        public string Author { get; init; } = "";
        public long InForceAt { get; init; }
        public string? RefusedCommit { get; init; }
        public long? RefusedAt { get; init; }
        public string? Refusal { get; init; }
        public string? HeldBy { get; init; }
        public long? HeldAt { get; init; }

        public DefinitionsInForce ToRow() =>
            new(CommitId, Message, Author, StoredText.Time(InForceAt), RefusedCommit, StoredText.Time(RefusedAt), Refusal, HeldBy, StoredText.Time(HeldAt));
    }

    private sealed class EventColumns
    {
        public string CommitId { get; init; } = "";
        public string Message { get; init; } = "";
        public string Author { get; init; } = "";
        public long At { get; init; }
        public string Outcome { get; init; } = "";
        public string? Actor { get; init; }
        public string? Detail { get; init; }

        public DefinitionsEvent ToRow() => new(CommitId, Message, Author, StoredText.Time(At), Outcome, Actor, Detail);
    }

    private sealed class FileColumns
    {
        public string File { get; init; } = "";
        public string Content { get; init; } = "";
    }
}

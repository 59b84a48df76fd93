using System.Text;
using Dapper;

namespace KestraGitHub.Storage;

/// <summary>Which commit's definitions are in force.</summary>
/// <param name="Commit">Empty: none yet.</param>
/// <param name="Refused">The newest commit that was looked at and not taken; null where there is none since.</param>
/// <param name="Refusal">Its faults, as sentences.</param>
public sealed record DefinitionsInForce(string Commit, string Message, string Author, DateTimeOffset Since, string? Refused, DateTimeOffset? RefusedAt, string? Refusal);

/// <summary>What all nodes agree on of definitions that come from Git.</summary>
internal sealed class DefinitionsGitStore(Database database)
{
    /// <param name="place">Names repository, branch and directory: another place begins anew.</param>
    public Task<DefinitionsInForce?> GetAsync(string place, CancellationToken ct) => database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<Columns>("SELECT * FROM definitions_git WHERE place = @Place", new { Place = place }))?.ToRow(), ct);

    public Task<IReadOnlyList<(string File, byte[] Content)>> FilesAsync(string place, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<(string, byte[])>)[.. (await connection.QueryAsync<FileColumns>(
            "SELECT file, content FROM definitions_git_files WHERE place = @Place ORDER BY file", new { Place = place })).Select(f => (f.File, Encoding.UTF8.GetBytes(f.Content)))],
        ct);

    /// <summary>Puts a commit in force, with all of its files, in one transaction.</summary>
    public Task AcceptAsync(string place, string commit, string message, string author, IReadOnlyList<(string File, byte[] Content)> files, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds();
            await connection.ExecuteAsync(
                """
                INSERT INTO definitions_git (place, commit_id, message, author, in_force_at) VALUES (@Place, @Commit, @Message, @Author, @Now)
                ON CONFLICT (place) DO UPDATE SET
                  commit_id = excluded.commit_id, message = excluded.message, author = excluded.author, in_force_at = excluded.in_force_at,
                  refused_commit = NULL, refused_at = NULL, refusal = NULL
                """,
                new { Place = place, Commit = commit, Message = message, Author = author, Now = now }, transaction);
            await connection.ExecuteAsync("DELETE FROM definitions_git_files WHERE place = @Place", new { Place = place }, transaction);
            database.Execute(connection, transaction, new RowStatement(
                "INSERT INTO definitions_git_files (place, file, content) VALUES (@Place, @File, @Content)",
                [.. files.Select(f => (object)new { Place = place, f.File, Content = Encoding.UTF8.GetString(f.Content) })]));
            return 0;
        },
        ct);

    /// <summary>Notes that a commit is not taken; what is in force stays.</summary>
    public Task RefuseAsync(string place, string commit, string refusal, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            """
            INSERT INTO definitions_git (place, commit_id, message, author, in_force_at, refused_commit, refused_at, refusal) VALUES (@Place, '', '', '', 0, @Commit, @Now, @Refusal)
            ON CONFLICT (place) DO UPDATE SET refused_commit = excluded.refused_commit, refused_at = excluded.refused_at, refusal = excluded.refusal
            """,
            new { Place = place, Commit = commit, Refusal = refusal, Now = (await database.NowAsync(connection)).ToUnixTimeMilliseconds() }, transaction),
        ct);

    private sealed class Columns
    {
        public string CommitId { get; init; } = "";
        public string Message { get; init; } = "";
        public string Author { get; init; } = "";
        public long InForceAt { get; init; }
        public string? RefusedCommit { get; init; }
        public long? RefusedAt { get; init; }
        public string? Refusal { get; init; }

        public DefinitionsInForce ToRow() => new(CommitId, Message, Author, StoredText.Time(InForceAt), RefusedCommit, StoredText.Time(RefusedAt), Refusal);
    }

    private sealed class FileColumns
    {
        public string File { get; init; } = "";
        public string Content { get; init; } = "";
    }
}

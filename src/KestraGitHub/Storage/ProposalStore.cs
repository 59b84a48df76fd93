using System.Text.Json;
using Dapper;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>The pull request by which a task brings its changes to Git, as it was left.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Number">Zero where there is none yet.</param>
/// <param name="Commit">The last one of ours on the work branch.</param>
/// <param name="TextDigest">Of the title and the text that it was given.</param>
public sealed record Proposal(string Task, string Repository, string Branch, long Number, string Commit, IReadOnlyList<ProposedFile> Files, string TextDigest)
{
    /// <summary>A commit that was about to be pushed when this was last written.</summary>
    public string Expected { get; init; } = "";
}

internal sealed class ProposalStore(Database database, TimeProvider time)
{
    private const string OfSync = "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow";

    private const string Insert =
        """
        INSERT INTO proposals (tenant, namespace, flow, task, repository, branch, number, commit_id, expected, files, text_digest, asked, changed_at)
        VALUES (@Tenant, @Namespace, @Flow, @Task, @Repository, @Branch, @Number, @Commit, @Expected, @Files, @TextDigest, @Asked, @Now)
        ON CONFLICT (tenant, namespace, flow, task) DO UPDATE SET changed_at = excluded.changed_at,
        """;

    /// <summary>Null where the task proposed nothing, or it came to an end.</summary>
    public async Task<Proposal?> FindAsync(SyncKey sync, string task, CancellationToken ct) => (await OfAsync(sync, ct)).FirstOrDefault(p => p.Task == task);

    /// <summary>What the tasks of a sync propose.</summary>
    public Task<IReadOnlyList<Proposal>> OfAsync(SyncKey sync, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<Proposal>)[.. (await connection.QueryAsync<Columns>(
            $"SELECT * FROM proposals WHERE {OfSync} AND branch <> '' ORDER BY task", new { sync.Tenant, sync.Namespace, sync.Flow })).Select(c => c.ToProposal())],
        ct);

    public Task SaveAsync(SyncKey sync, Proposal proposal, CancellationToken ct) => WriteAsync(
        $"{Insert} repository = excluded.repository, branch = excluded.branch, number = excluded.number, commit_id = excluded.commit_id, expected = excluded.expected, files = excluded.files, text_digest = excluded.text_digest",
        sync, proposal, "", ct);

    /// <summary>There is nothing left to propose.</summary>
    public Task EndAsync(SyncKey sync, string task, CancellationToken ct) => SaveAsync(sync, new Proposal(task, "", "", 0, "", [], ""), ct);

    /// <summary>Notes for which drift of a task a run is asked for. False where that was asked for before.</summary>
    /// <param name="drift">A digest; empty for none.</param>
    public async Task<bool> AskAsync(SyncKey sync, string task, string drift, CancellationToken ct)
    {
        var asked = await database.ReadAsync(connection => connection.ExecuteScalarAsync<string?>(
            $"SELECT asked FROM proposals WHERE {OfSync} AND task = @Task", new { sync.Tenant, sync.Namespace, sync.Flow, Task = task }), ct);
        if ((asked ?? "") == drift) return false;
        await WriteAsync($"{Insert} asked = excluded.asked", sync, new Proposal(task, "", "", 0, "", [], ""), drift, ct);
        return true;
    }

    private Task<int> WriteAsync(string sql, SyncKey sync, Proposal proposal, string asked, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            sql,
            new
            {
                sync.Tenant, sync.Namespace, sync.Flow, proposal.Task, proposal.Repository, proposal.Branch, proposal.Number, proposal.Commit, proposal.Expected,
                Files = StoredText.Json(proposal.Files), proposal.TextDigest, Asked = asked, Now = time.GetUtcNow().ToUnixTimeMilliseconds(),
            },
            transaction),
        ct);

    private sealed class Columns
    {
        public string Task { get; init; } = "";
        public string Repository { get; init; } = "";
        public string Branch { get; init; } = "";
        public long Number { get; init; }
        public string CommitId { get; init; } = "";
        public string Expected { get; init; } = "";
        public string Files { get; init; } = "[]";
        public string TextDigest { get; init; } = "";

        public Proposal ToProposal() => new(Task, Repository, Branch, Number, CommitId, JsonSerializer.Deserialize<ProposedFile[]>(Files, JsonSerializerOptions.Web)!, TextDigest) { Expected = Expected };
    }
}

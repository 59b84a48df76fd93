using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What an event leads to that asks for no run.</summary>
internal sealed class PullRequestDesk(GitHubClient github, CommitReports reports, OutboxStore outbox, RunStore runs, TimeProvider time)
{
    /// <summary>Ends the older plans that syncs have of a pull request; all of them of a sync whose newest is null.</summary>
    public Task SupersedeAsync(PullRequest pull, IReadOnlyDictionary<SyncKey, string?> newest, CancellationToken ct) => runs.SupersedeAsync(pull, newest, ct);

    /// <summary>
    /// A merge queue's group waits for every check that its branch requires. What is in it was planned at its pull requests; it is applied when it is pushed. So it
    /// is let through, whatever else goes on: a check that never comes would block the queue for good.
    /// </summary>
    public async Task LetThroughAsync(IReadOnlyList<SyncKey> syncs, string repository, string commit, CancellationToken ct)
    {
        if (!github.IsConfigured || GitHubRepository.Parse(repository) is null) return;
        var now = time.GetUtcNow();
        var report = new CommitReport("success", "A merge queue's group; the sync runs when it is merged", null, "A merge queue's group is not planned: the sync runs when it is merged.", [], $"merge-group-{commit}", now, now);
        var payload = JsonSerializer.Serialize(report, JsonSerializerOptions.Web);
        await outbox.TellAsync(
            [.. syncs.Select(s => (s, CommitReports.ContextOf(s)))], repository.ToLowerInvariant(), commit, github.IsApp ? CommitReporter.Check : CommitReporter.Status, payload,
            TextDigest.Of(report.Run), ct);
        reports.Wake();
    }
}

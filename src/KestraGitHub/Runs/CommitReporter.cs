using System.Text.Json;
using KestraGitHub.GitHub;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>
/// Follows the runs whose commits GitHub is told of. It goes by what the database says a run is at, not by what it saw happen: a crash, another node, or an
/// hour without GitHub costs a delay and no news.
/// </summary>
internal sealed partial class CommitReporter(
    GitHubClient github, CommitReports reports, CommitSender sender, OutboxStore outbox, RunStore runs, DriftStore drift, IOptions<PublicAddress> address, TimeProvider time, ILogger<CommitReporter> logger)
    : BackgroundService
{
    public const string Status = "status";
    public const string Check = "check";
    public const string Comment = "comment";

    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(250);

    /// <summary>Another node may have taken up a run, or somebody approved it there.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private DateTimeOffset _quietUntil;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!github.IsConfigured) return;
        for (var recovered = false; ;)
        {
            var busy = false;
            try
            {
                if (!recovered) await outbox.RecoverAsync(stoppingToken);
                recovered = true;
                busy = await LookAsync(stoppingToken);
                if (time.GetUtcNow() >= _quietUntil) _quietUntil = time.GetUtcNow() + await sender.SendDueAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The boundary of a background loop: whatever goes wrong with one look, the next one comes.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.Failed(logger, e.Message.Split('\n', 2)[0]);
            }

            try
            {
                if (busy) await Task.Delay(Busy, time, stoppingToken);
                else await reports.WaitAsync(Idle, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>True when a run is going on.</returns>
    private async Task<bool> LookAsync(CancellationToken ct)
    {
        var busy = false;
        foreach (var group in (await outbox.FollowingAsync(ct)).GroupBy(r => r.RunId))
        {
            var run = await runs.GetAsync(group.Key, ct);
            busy |= run is { State: RunState.Running or RunState.Queued };
            var stage = run is null ? "gone" : CommitReportText.StageOf(run);
            if (group.All(r => r.Stage == stage)) continue;
            var changes = run is null ? [] : await runs.ChangesAsync(run.Id, ct);
            var sources = run is null ? [] : await runs.SourcesAsync(run.Id, ct);
            foreach (var row in group.Where(r => r.Stage != stage)) await PutAsync(row, run, stage, changes, sources, ct);
        }

        return busy;
    }

    private async Task PutAsync(OutboxRow row, RunRow? run, string stage, IReadOnlyList<ChangeRow> changes, IReadOnlyList<SourceRow> sources, CancellationToken ct)
    {
        var kind = github.IsApp ? Check : Status;
        if (run is null)
        {
            await outbox.PutAsync(row, stage, ended: true, kind, null, "", ct);
            return;
        }

        if (run.PullRequest is not null)
        {
            await PutAsync(row, run, stage, changes, sources, kind, ct);
            return;
        }

        var here = sources.Where(s => reports.CommitOf(s) == (row.Repository, row.Sha)).ToList();
        // Another commit of the same repository took its place: the branch moved between two attempts, or the run pushed.
        var instead = here.Count > 0 ? null : sources.FirstOrDefault(s => reports.CommitOf(s)?.Repository == row.Repository);
        var report = CommitReportText.Of(run, changes, instead, TasksOf(here), address.Value.OfRun(run.Id));
        await PutAsync(row, run, stage, kind, IsNews(run, report, row.Sent) ? report : null, ct);
    }

    /// <summary>Of a plan the pull request's head is told, whatever commits it read; and the pull request, once it has ended.</summary>
    private async Task PutAsync(OutboxRow row, RunRow run, string stage, IReadOnlyList<ChangeRow> changes, IReadOnlyList<SourceRow> sources, string kind, CancellationToken ct)
    {
        var read = sources.Where(s => s.Ref == run.PullRequest!.MergeRef).ToList();
        var url = address.Value.OfRun(run.Id);
        var report = PullRequestText.Check(run, CommitReportText.Of(run, changes, null, TasksOf(read), url));
        if (CommitReports.PullOf(row.Sha) is null)
        {
            // What was superseded before anything was said of it needs no word.
            await PutAsync(row, run, stage, kind, run.State == RunState.Cancelled && row.Sent?.Run != run.Id ? null : report, ct);
            return;
        }

        if (run.State is not (RunState.Succeeded or RunState.Failed))
        {
            await outbox.PutAsync(row, stage, run.Ended, Comment, null, "", ct);
            return;
        }

        var waits = (await runs.EventsAsync(run.Id, 0, ct)).Where(e => e.Message.StartsWith(StageGate.WouldWait, StringComparison.Ordinal)).Select(e => e.Message[StageGate.WouldWait.Length..]).ToList();
        var drifted = (await drift.OfAsync(run.Sync, ct)).Objects.Count;
        await PutAsync(row, run, stage, Comment, report with { Annotations = [], Summary = PullRequestText.Comment(run, changes, waits, drifted, url) }, ct);
    }

    private Task PutAsync(OutboxRow row, RunRow run, string stage, string kind, CommitReport? report, CancellationToken ct)
    {
        var payload = report is null ? null : JsonSerializer.Serialize(report, JsonSerializerOptions.Web);
        return outbox.PutAsync(row, stage, run.Ended, kind, payload, payload is null ? "" : TextDigest.Of(payload), ct);
    }

    /// <summary>By the ids that the rows of changes have: a task with several parts has one for all of them.</summary>
    private static HashSet<string> TasksOf(IEnumerable<SourceRow> sources) => [.. sources.SelectMany(s => (string[])[s.Task, s.Task.Split(" (", 2)[0]])];

    /// <summary>
    /// A commit that is green stays green while it is looked at again, and a look that changed nothing is not told. A schedule that fails over and over says so
    /// once: GitHub takes a thousand statuses of a context and then no more. Who pressed the button of a check waits for its word, whatever that is.
    /// </summary>
    internal static bool IsNews(RunRow run, CommitReport report, SentReport? sent)
    {
        if (sent is null || sent.Run == run.Id || run.Trigger.Kind == "rerun") return true;
        if (report.State == "pending") return run.State == RunState.Waiting ? sent.Text != report.Description : sent.State != "success" && run.Trigger.Kind != "schedule";
        return run.Counts.Changed > 0 || sent.State != report.State || (report.State != "success" && sent.Text != report.Description);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "What GitHub is to be told was not looked at; the next look comes in some seconds. {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}

using System.Text.Json;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Sends what is due, one after the other, and says when to go on. What may have arrived is looked for before it is sent again.</summary>
internal sealed partial class CommitSender(GitHubClient github, OutboxStore outbox, ILogger<CommitSender> logger)
{
    /// <summary>Longer than a call with all its pages may take.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>Of a call that somebody has to do something about: a permission, an installation.</summary>
    private static readonly TimeSpan RefusedDelay = TimeSpan.FromMinutes(10);
    private const int MostRefusals = 6;

    /// <summary>With <see cref="LongestDelay"/> more than three days.</summary>
    private const int MostAttempts = 1000;

    private readonly CommitStatuses _statuses = new(github);
    private readonly CheckRuns _checks = new(github);
    private readonly IssueComments _comments = new(github);

    /// <returns>How long to send nothing; zero when everything that was due is told.</returns>
    public async Task<TimeSpan> SendDueAsync(CancellationToken ct)
    {
        while (await outbox.ClaimAsync(Hold, ct) is { } row)
            if (await SendAsync(row, ct) is { Ticks: > 0 } pause) return pause;
        return TimeSpan.Zero;
    }

    private async Task<TimeSpan> SendAsync(OutboxRow row, CancellationToken ct)
    {
        var report = JsonSerializer.Deserialize<CommitReport>(row.Payload!, JsonSerializerOptions.Web)!;
        var repository = GitHubRepository.Parse(row.Repository)!.Value;
        try
        {
            var id = row.Kind == CommitReporter.Comment
                ? await _comments.PutAsync(repository, CommitReports.PullOf(row.Sha)!, PullRequestText.MarkerOf(row.Sync), report.Summary, row.Sent?.Id, ct)
                : row.Kind == CommitReporter.Check
                ? await _checks.PutAsync(repository, row.Sha, row.Context, report, OwnCheck(row), row.Unsure, ct)
                : (row.Unsure ? await _statuses.FindAsync(repository, row.Sha, row.Context, report, ct) : null) ?? await _statuses.CreateAsync(repository, row.Sha, row.Context, report, ct);
            // It is told: a stop must not make it forgotten.
            await outbox.SentAsync(row, id, report.State, report.Description, CancellationToken.None);
            return TimeSpan.Zero;
        }
        catch (GitHubException e)
        {
            return await LaterAsync(row, e);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await outbox.LaterAsync(row, TimeSpan.Zero, counts: false, unsure: true, "the service stopped", CancellationToken.None);
            throw;
        }
    }

    private async Task<TimeSpan> LaterAsync(OutboxRow row, GitHubException e)
    {
        var attempt = row.Attempts + 1;
        TimeSpan? delay = e.Kind switch
        {
            GitHubFailure.Limited => e.RetryAfter ?? LongestDelay,
            GitHubFailure.Unavailable => attempt < MostAttempts ? TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(attempt - 1, 10))) : null,
            GitHubFailure.Invalid => null,
            _ => attempt < MostRefusals ? RefusedDelay : null,
        };
        if (attempt == 1 || delay is null) Log.NotTold(logger, row.Repository, row.Sha, row.Context, e.Message, delay is null ? "it is given up" : $"next attempt in {delay.Value.TotalSeconds:0} s");
        await outbox.LaterAsync(row, delay, counts: e.Kind != GitHubFailure.Limited, unsure: e.MayHaveHappened, e.Message, CancellationToken.None);
        // One row's refusal says nothing of the others; a GitHub that is away, or wants to be left alone, is so for all.
        return e.IsTransient ? delay ?? LongestDelay : TimeSpan.Zero;
    }

    /// <summary>The check of the same run goes on; another run has one of its own.</summary>
    private static string? OwnCheck(OutboxRow row) => row.Sent is { Kind: CommitReporter.Check, Id.Length: > 0 } sent && sent.Run == row.RunId ? sent.Id : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "GitHub was not told of {Repository}@{Sha} ({Context}): {Reason} {Next}")]
        public static partial void NotTold(ILogger logger, string repository, string sha, string context, string reason, string next);
    }
}

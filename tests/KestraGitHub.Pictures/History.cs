using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Pictures;

/// <summary>A month of runs and deliveries, written through the stores in the order of time.</summary>
internal sealed class History(HistoryClock clock, RunStore runs, DeliveryStore deliveries, HoldStore holds, QuarantineStore quarantines)
{
    private const int Days = 30;
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    // The same month every time.
#pragma warning disable CA5394
    private readonly Random _dice = new(2026);

    public static async Task WriteAsync(string file)
    {
        var clock = new HistoryClock { Now = DateTimeOffset.UtcNow - TimeSpan.FromDays(Days) };
        await using var database = new Database(new SqliteDialect(file), clock);
        await database.InitializeAsync(default);
        await new History(clock, new RunStore(database), new DeliveryStore(database), new HoldStore(database, clock), new QuarantineStore(database)).WriteAsync();
    }

    private async Task WriteAsync()
    {
        var end = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(8);
        var moments = Files.Lively.SelectMany((sync, i) => Moments(i < 8 ? 70 : 12, end).Select(at => (At: at, Sync: sync))).OrderBy(m => m.At);
        foreach (var (at, sync) in moments)
        {
            clock.Now = at;
            if (sync == Files.Failing && at > end - TimeSpan.FromDays(3)) await FailAsync(sync);
            else await OneAsync(sync);
        }

        clock.Now = end;
        await RollBackAsync();
        await IgnoredAsync();
    }

    /// <summary>Mostly in working hours of working days.</summary>
    private IEnumerable<DateTimeOffset> Moments(int about, DateTimeOffset end)
    {
        for (var i = 0; i < about; i++)
        {
            var day = end.Date.AddDays(-_dice.Next(Days));
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday && _dice.Next(5) > 0) day = day.AddDays(-2);
            var at = new DateTimeOffset(day, TimeSpan.Zero).AddHours(_dice.Next(4) == 0 ? _dice.NextDouble() * 24 : 7 + (_dice.NextDouble() * 11));
            if (at < end) yield return at;
        }
    }

    private async Task OneAsync(SyncKey sync)
    {
        var commit = Made.Commit(_dice);
        var (author, message, branch) = (Made.Author(_dice), Made.Message(_dice), "main");
        var id = _dice.Next(3) == 0
            ? (await runs.EnqueueAsync(new(sync, new("schedule", "nightly"), false, null, TimeSpan.Zero, new Dictionary<string, string>()), false, default)).Id
            : await DeliverAsync(sync, branch, commit, author);
        if (id is null || await runs.ClaimAsync(sync, "node-a", Lease, default) is not { } claimed) return;
        await runs.SetRevisionAsync(claimed.Lease, commit, message, author, default);
        var started = clock.Now;
        clock.Now += TimeSpan.FromMilliseconds(300 + _dice.Next(6000));
        var (ending, words) = Made.Ending(_dice, sync);
        await runs.AppendAsync(claimed.Run.Id, Made.Lines(started, clock.Now, claimed.Run.Trigger.Kind, words), default);
        await runs.FinishAsync(claimed.Lease, ending, default);
    }

    private async Task FailAsync(SyncKey sync)
    {
        const string commit = "9f31c2a4d1e58b7f60aa21c3d4e5f60718293a4b";
        const string error = "flow company.finance/nightly_load is invalid: tasks[2].type io.kestra.plugin.jdbc.postgresql.Querry is no known type. Nothing was written.";
        var run = await runs.EnqueueAsync(new(sync, new("schedule", "nightly"), false, null, TimeSpan.Zero, new Dictionary<string, string>()), false, default);
        var claimed = (await runs.ClaimAsync(sync, "node-a", Lease, default))!;
        await runs.SetRevisionAsync(claimed.Lease, commit, "Tighten the retry of the nightly load", "Bea Lindgren", default);
        var started = clock.Now;
        clock.Now += TimeSpan.FromMilliseconds(900);
        await runs.AppendAsync(run.Id, [.. Made.Lines(started, clock.Now, "schedule", "")[..3], new(4, clock.Now, "error", "validated", error)], default);
        ChangeRow[] rows = [new("git", "flow", "company.finance", "nightly_load", "finance/nightly_load.yml", "invalid", "tasks[2].type is no known type", Line: 24)];
        await runs.FinishAsync(claimed.Lease, new(RunState.Failed, new RunCounts(Invalid: 1, Unchanged: 18), rows, error, "permanent"), default);
        await quarantines.PutAsync(sync, new("inputs", commit, error, "permanent", run.Id, clock.Now), default);
    }

    private async Task<string?> DeliverAsync(SyncKey sync, string branch, string commit, string author)
    {
        var guid = Made.Guid(_dice);
        var trigger = new RunTrigger("webhook", "on_push", author, guid, $"refs/heads/{branch}", commit);
        var accepted = await deliveries.AcceptAsync(
            Row(guid, sync, branch, commit, author, "queued", null), new RunRequest(sync, trigger, false, null, TimeSpan.Zero, new Dictionary<string, string>()), default);
        return accepted.RunId;
    }

    private async Task RollBackAsync()
    {
        var good = (await runs.QueryAsync(new("main", Files.RolledBack.Namespace, Files.RolledBack.Flow, RunState.Succeeded, 5, null), default)).Items[^1];
        var request = new RunRequest(Files.RolledBack, new("dashboard", By: "dee"), false, good.Revision, TimeSpan.Zero, new Dictionary<string, string>());
        await holds.RollBackAsync(request, good.Id, Made.Commit(_dice), "dee", "the weekly report counted returns twice", default);
        var claimed = (await runs.ClaimAsync(Files.RolledBack, "node-a", Lease, default))!;
        await runs.SetRevisionAsync(claimed.Lease, good.Revision!, "Count returns once", "Dee Okafor", default);
        var held = Made.Commit(_dice);
        await holds.SetHeadsAsync(Files.RolledBack, claimed.Run.Id, held, new Dictionary<string, string> { [Hold.BranchOf($"{House.GitHost}/acme/teams", "main")] = held }, default);
        var started = clock.Now;
        clock.Now += TimeSpan.FromSeconds(2);
        await runs.AppendAsync(claimed.Run.Id, Made.Lines(started, clock.Now, "dashboard", "3 written"), default);
        await runs.FinishAsync(claimed.Lease, new(RunState.Succeeded, new RunCounts(Updated: 3, Unchanged: 41), [], null, null), default);
    }

    private async Task IgnoredAsync()
    {
        (SyncKey Sync, string Event, string? Branch, string Author, string Outcome, string? Reason)[] rows =
        [
            (Files.Flows, "ping", null, "Ann Sorel", "pong", null),
            (Files.Flows, "push", "feature/retry-budget", "Carl Meyer", "ignored", "This sync watches main."),
            (Files.Marketing, "push", "feature/\"><script>alert(1)</script>", Made.HostileAuthor, "ignored", "This sync watches main."),
            (Files.Conflicting, "issues", null, "Dee Okafor", "ignored", "Only pushes start a run; this was issues."),
            (Files.Suspended, "push", "main", "Bea Lindgren", "ignored", "None of the changed files is one of the sync's paths."),
        ];
        foreach (var (sync, kind, branch, author, outcome, reason) in rows)
        {
            clock.Now += TimeSpan.FromSeconds(40);
            await deliveries.AcceptAsync(Row(Made.Guid(_dice), sync, branch, Made.Commit(_dice), author, outcome, reason) with { Event = kind }, null, default);
        }
    }

    private DeliveryRow Row(string guid, SyncKey sync, string? branch, string commit, string author, string outcome, string? reason) => new(
        guid, sync, "on_push", clock.Now, "push", null, branch is null ? null : $"refs/heads/{branch}", Made.Commit(_dice), commit, "acme/flows", author,
        new Dictionary<string, string> { ["user-agent"] = "GitHub-Hookshot/044aadd", ["x-github-event"] = "push", ["x-github-hook-id"] = "52301" }, 7_812, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(guid))), 1, outcome, reason, null);
#pragma warning restore CA5394
}

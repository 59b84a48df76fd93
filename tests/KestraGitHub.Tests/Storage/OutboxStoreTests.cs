using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class OutboxStoreTests : StorageTest
{
    private const string Context = "kestra-github/company.team/sync";
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(2);
    private static readonly (string, string) Commit = ("acme/flows", "0123456789abcdef0123456789abcdef01234567");

    private OutboxStore Outbox => new(Database);

    [Fact]
    public async Task A_commit_is_followed_by_who_holds_the_run_and_by_nobody_else()
    {
        var claimed = await BeginAsync();
        await Outbox.FollowAsync(claimed.Lease with { Fence = 99 }, [Commit], Context, None);
        Assert.Empty(await Outbox.FollowingAsync(None));
        await Outbox.FollowAsync(claimed.Lease, [Commit], Context, None);
        await Outbox.FollowAsync(claimed.Lease, [Commit], Context, None);
        var row = Assert.Single(await Outbox.FollowingAsync(None));
        Assert.Equal((Sync, claimed.Run.Id, "acme/flows", Context, "", null), (row.Sync, row.RunId, row.Repository, row.Context, row.Stage, row.Sent));
        Assert.Null(await Outbox.ClaimAsync(Hold, None));
    }

    [Fact]
    public async Task What_is_due_is_taken_by_one_and_told_once()
    {
        await PutAsync("running", "p1");
        var row = (await Outbox.ClaimAsync(Hold, None))!;
        Assert.Equal(("p1", "status", false), (row.Payload, row.Kind, row.Unsure));
        Assert.Null(await Outbox.ClaimAsync(Hold, None));
        await Outbox.SentAsync(row, "77", "pending", "Syncing", None);
        Assert.Null(await Outbox.ClaimAsync(Hold, None));
        var following = Assert.Single(await Outbox.FollowingAsync(None));
        Assert.Equal(new SentReport("status", "77", row.RunId, "digest of p1", "pending", "Syncing"), following.Sent);

        // The same again is not due.
        await Outbox.PutAsync(following, "waiting", false, "status", "p1", "digest of p1", None);
        Assert.Null(await Outbox.ClaimAsync(Hold, None));
    }

    [Fact]
    public async Task What_was_put_down_while_the_last_was_on_its_way_is_due_after_it()
    {
        var first = await PutAsync("running", "p1");
        var taken = (await Outbox.ClaimAsync(Hold, None))!;
        await Outbox.PutAsync(first with { Stage = "running" }, "succeeded", true, "status", "p2", "digest of p2", None);
        Assert.Null(await Outbox.ClaimAsync(Hold, None));
        await Outbox.SentAsync(taken, "1", "pending", "", None);
        Assert.Equal("p2", (await Outbox.ClaimAsync(Hold, None))!.Payload);
        Assert.Empty(await Outbox.FollowingAsync(None));
    }

    [Fact]
    public async Task Whose_sender_died_is_sent_by_another_who_knows_that_it_may_have_arrived()
    {
        await PutAsync("running", "p1");
        Assert.NotNull(await Outbox.ClaimAsync(Hold, None));
        Clock.Advance(Hold + TimeSpan.FromSeconds(1));
        if (Database.Shared) await ExpireAsync();
        var again = (await Outbox.ClaimAsync(Hold, None))!;
        Assert.True(again.Unsure);
        await Outbox.LaterAsync(again, TimeSpan.Zero, counts: true, unsure: false, "not yet", None);
        again = (await Outbox.ClaimAsync(Hold, None))!;
        Assert.Equal((true, 1), (again.Unsure, again.Attempts));
        await Outbox.SentAsync(again, "1", "pending", "", None);
        Assert.Null(await Outbox.ClaimAsync(Hold, None));
    }

    [Fact]
    public async Task A_process_that_starts_alone_waits_for_no_dead_sender()
    {
        await PutAsync("running", "p1");
        Assert.NotNull(await Outbox.ClaimAsync(Hold, None));
        await Outbox.RecoverAsync(None);
        Assert.Equal(!Database.Shared, (await Outbox.ClaimAsync(Hold, None))?.Unsure ?? false);
    }

    [Fact]
    public async Task What_is_given_up_is_not_due_until_there_is_something_new()
    {
        var row = await PutAsync("running", "p1");
        await Outbox.LaterAsync((await Outbox.ClaimAsync(Hold, None))!, null, counts: true, unsure: false, "422", None);
        Assert.Null(await Outbox.ClaimAsync(Hold, None));
        await Outbox.PutAsync(row with { Stage = "running" }, "failed", true, "status", "p2", "digest of p2", None);
        Assert.Equal(("p2", 0), ((await Outbox.ClaimAsync(Hold, None)) is { } next ? (next.Payload, next.Attempts) : default));
    }

    [Fact]
    public async Task Of_two_that_looked_at_one_stage_the_second_changes_nothing()
    {
        var row = await PutAsync("running", "p1");
        await Outbox.PutAsync(row, "failed", true, "status", "p2", "digest of p2", None);
        Assert.Equal("p1", (await Outbox.ClaimAsync(Hold, None))!.Payload);
        Assert.Single(await Outbox.FollowingAsync(None));
    }

    [Fact]
    public async Task A_newer_run_has_the_say_and_an_older_one_no_more()
    {
        var older = await BeginAsync();
        await Outbox.FollowAsync(older.Lease, [Commit], Context, None);
        Assert.True(await Runs.FinishAsync(older.Lease, Ending(), None));
        Clock.Advance(TimeSpan.FromSeconds(1));
        var newer = await BeginAsync();
        await Outbox.FollowAsync(newer.Lease, [Commit], Context, None);
        Assert.Equal(newer.Run.Id, Assert.Single(await Outbox.FollowingAsync(None)).RunId);
    }

    [Fact]
    public async Task The_checks_of_a_commit_are_found_by_any_name_of_its_repository_and_tell_of_the_run_that_was_asked_for_again()
    {
        var told = await PutAsync("failed", "p1", CommitReporter.Check);
        await Outbox.SentAsync((await Outbox.ClaimAsync(Hold, None))!, "77", "failure", "bad", None);
        await Outbox.TellAsync([(Sync, "another")], Commit.Item1, Commit.Item2, CommitReporter.Status, "p", "d", None);
        await Outbox.SentAsync((await Outbox.ClaimAsync(Hold, None))!, "78", "success", "", None);
        Assert.Empty(await Outbox.ChecksAsync(["acme/other"], Commit.Item2, None));
        Assert.Empty(await Outbox.ChecksAsync(["acme/flows"], new string('f', 40), None));
        var check = Assert.Single(await Outbox.ChecksAsync(["acme/renamed", "acme/flows"], Commit.Item2, None));
        Assert.Equal((told.RunId, "77", Context), (check.Sent!.Run, check.Sent.Id, check.Context));

        var next = (await Runs.EnqueueAsync(Request(), merge: false, None)).Id;
        await Outbox.FollowAsync([(check, next)], None);
        Assert.Equal((next, "", told.RunId), Assert.Single(await Outbox.FollowingAsync(None)) is var row ? (row.RunId, row.Stage, row.Sent!.Run) : default);
        await Outbox.FollowAsync([(check, told.RunId)], None);
        Assert.Equal(next, Assert.Single(await Outbox.FollowingAsync(None)).RunId);
    }

    [Fact]
    public async Task What_was_told_goes_with_the_history()
    {
        var row = await PutAsync("running", "p1");
        await Outbox.SentAsync((await Outbox.ClaimAsync(Hold, None))!, "1", "pending", "", None);
        var sweep = new RetentionSweep(Database);
        await sweep.SweepAsync(DateTimeOffset.UtcNow.AddYears(5), None);
        var kept = Assert.Single(await Outbox.FollowingAsync(None));
        await Outbox.PutAsync(kept, "succeeded", true, "status", null, "", None);
        await sweep.SweepAsync(DateTimeOffset.UtcNow.AddYears(5), None);
        Assert.Equal(0, await Database.ReadAsync(async c => await Dapper.SqlMapper.ExecuteScalarAsync<long>(c, "SELECT COUNT(*) FROM github_outbox"), None));
        Assert.NotEqual("", row.Id);
    }

    private Task ExpireAsync() => Database.WriteAsync((c, t) => Dapper.SqlMapper.ExecuteAsync(c, "UPDATE github_outbox SET taken_until = 1 WHERE taken_until > 1", transaction: t), None);

    private async Task<ClaimedRun> BeginAsync()
    {
        await Runs.EnqueueAsync(Request(), merge: false, None);
        return await ClaimAsync();
    }

    /// <summary>A row whose payload is due, as it was before that.</summary>
    private async Task<OutboxRow> PutAsync(string stage, string payload, string kind = CommitReporter.Status)
    {
        var claimed = await BeginAsync();
        await Outbox.FollowAsync(claimed.Lease, [Commit], Context, None);
        var row = Assert.Single(await Outbox.FollowingAsync(None));
        await Outbox.PutAsync(row, stage, false, kind, payload, $"digest of {payload}", None);
        return row;
    }
}

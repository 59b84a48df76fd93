using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class AuditStoreTests : StorageTest
{
    private AuditStore Audit => new(Database);

    [Fact]
    public async Task What_was_asked_for_comes_back_newest_first_by_pages()
    {
        var rows = Enumerable.Range(0, 5).Select(i => new AuditRow(Clock.Now, "ann", "admin", "page", "run", i == 0 ? SyncKey.None : Sync, $"run{i}", "dry\0run", 303)).ToList();
        foreach (var row in rows) await Audit.AddAsync(row, None);
        var first = await Audit.QueryAsync(3, null, None);
        var second = await Audit.QueryAsync(3, first.Next, None);
        Assert.Equal(["run4", "run3", "run2", "run1", "run0"], first.Items.Concat(second.Items).Select(r => r.RunId));
        Assert.Null(second.Next);
        Assert.Equal(rows[4] with { Detail = "dry\uFFFDrun" }, first.Items[0]);
        await Assert.ThrowsAsync<ArgumentException>(() => Audit.QueryAsync(3, "zz", None));
    }

    [Theory]
    [InlineData(202, "done")]
    [InlineData(303, "done")]
    [InlineData(403, "refused")]
    [InlineData(409, "refused")]
    [InlineData(500, "failed")]
    public void The_answer_says_what_came_of_it(int status, string result) =>
        Assert.Equal(result, new AuditRow(default, "a", "r", "api", "run", Sync, null, null, status).Result);

    [Fact]
    public async Task The_trail_goes_with_the_rest_of_the_history()
    {
        await Audit.AddAsync(new AuditRow(Clock.Now, "old", "admin", "api", "run", Sync, null, null, 202), None);
        Clock.Advance(TimeSpan.FromDays(91));
        await Audit.AddAsync(new AuditRow(Clock.Now, "new", "admin", "api", "run", Sync, null, null, 202), None);
        await new RetentionSweep(Database).SweepAsync(Clock.Now.AddDays(-90), None);
        Assert.Equal("new", Assert.Single((await Audit.QueryAsync(10, null, None)).Items).Actor);
    }
}

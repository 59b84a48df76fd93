using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class OwnCommitStoreTests : StorageTest
{
    private OwnCommitStore Own => new(Database, Clock);

    [Fact]
    public async Task Our_own_is_one_commit_of_one_sync_by_one_way()
    {
        await Own.AddAsync(Sync, "c1", "c0", None);
        await Own.AddAsync(Sync, "c1", "c0", None);
        Assert.True(await Own.KnowsAsync(Sync, "c1", "c0", None));
        Assert.False(await Own.KnowsAsync(Sync, "c1", "c9", None));
        Assert.False(await Own.KnowsAsync(Sync, "c0", "c1", None));
        Assert.False(await Own.KnowsAsync(Sync with { Flow = "other" }, "c1", "c0", None));
    }

    [Fact]
    public async Task They_go_with_the_history()
    {
        await Own.AddAsync(Sync, "old", "c0", None);
        Clock.Advance(TimeSpan.FromDays(91));
        await Own.AddAsync(Sync, "new", "c0", None);
        await new RetentionSweep(Database).SweepAsync(Clock.Now.AddDays(-90), None);
        Assert.Equal((false, true), (await Own.KnowsAsync(Sync, "old", "c0", None), await Own.KnowsAsync(Sync, "new", "c0", None)));
    }
}

using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Storage;

namespace KestraGitHub.Tests.Runs;

public class RepositoryBookTests : StorageTest
{
    private static readonly SyncKey Other = Sync with { Flow = "other" };

    [Fact]
    public async Task Each_look_holds_what_the_newest_runs_read()
    {
        using var book = new RepositoryBook(new RepositoryStore(Database));
        await ReadAsync(Sync, "https://git/a");
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal([(Sync, "https://git/a")], await book.UrlsAsync([Sync, Other], None));

        // One that began before the look, and says only afterwards what it read.
        await Runs.EnqueueAsync(Request(sync: Other), merge: false, None);
        var late = await ClaimAsync(Other);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal([(Sync, "https://git/a")], await book.UrlsAsync([Sync, Other], None));
        await EndAsync(late, "https://git/b");
        Assert.Equal([(Sync, "https://git/a"), (Other, "https://git/b")], await book.UrlsAsync([Sync, Other], None));

        // A dry run reads too.
        await ReadAsync(Sync, "https://git/c", dryRun: true);
        Assert.Equal([(Sync, "https://git/c")], await book.UrlsAsync([Sync], None));
    }

    private async Task ReadAsync(SyncKey sync, string url, bool dryRun = false)
    {
        await Runs.EnqueueAsync(Request(sync: sync, dryRun: dryRun), merge: false, None);
        await EndAsync(await ClaimAsync(sync), url);
    }

    private async Task EndAsync(ClaimedRun claimed, string url)
    {
        await Runs.SetSourcesAsync(claimed.Lease, 0, [new SourceRow("git", url, "refs/heads/main", "c1", false)], None);
        Assert.True(await Runs.FinishAsync(claimed.Lease, Ending(), None));
    }
}

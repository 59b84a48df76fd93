using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class JournalStoreTests : StorageTest
{
    private JournalStore Journal => new(Database, Clock);

    private static JournalEntry Entry(long position, Standing? before, Standing? after, string id = "a", JournalState state = JournalState.Planned) => new(
        position, "t", new TargetAddress("http://kestra", "main"), new ResourceKey(ResourceKind.NamespaceFile, "company.team", id), "files/a", before, after,
        new InventoryEntry(new ResourceKey(ResourceKind.NamespaceFile, "company.team", id), "files/a", "blob", "d", "l", "7", 3), state, Clock0);

    private static readonly DateTimeOffset Clock0 = DateTimeOffset.UnixEpoch;

    private async Task<string> RunAsync()
    {
        await Runs.EnqueueAsync(Request(), merge: false, None);
        return (await ClaimAsync()).Run.Id;
    }

    [Fact]
    public async Task What_is_put_in_is_loaded_and_its_end_can_be_told_later()
    {
        var run = await RunAsync();
        JournalEntry[] entries = [Entry(1, null, new Standing("n", "l", "", 0)), Entry(2, new Standing("o", "lo", "5", 9), null, "b")];
        await Journal.PutAsync(run, entries, None);
        Assert.Equal(entries, (await Journal.LoadAsync(run, None)).Select(e => e with { At = Clock0 }));
        await Journal.PutAsync(run, [entries[1] with { State = JournalState.Undone }], None);
        Assert.Equal([JournalState.Planned, JournalState.Undone], (await Journal.LoadAsync(run, None)).Select(e => e.State));
        Assert.Equal(ChangeAction.Deleted, (await Journal.FindAsync(run, 2, None))!.Action);
        Assert.Null(await Journal.FindAsync(run, 3, None));
        Assert.Empty(await Journal.LoadAsync("another", None));
    }

    [Fact]
    public async Task Bytes_come_back_as_they_were_however_large()
    {
        var run = await RunAsync();
        var bytes = new byte[JournalStore.PartSize + 12345];
        Random.Shared.NextBytes(bytes);
        await Journal.AddPartsAsync(run, [new JournalPart(4, 0, bytes[..JournalStore.PartSize]), new JournalPart(4, 1, bytes[JournalStore.PartSize..])], None);
        Assert.Equal(5, await Journal.NextPositionAsync(run, None));
        await using var content = Journal.Open(run, Entry(4, new Standing("d", "l", "", bytes.Length), null));
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact]
    public async Task A_piece_that_is_missing_is_never_a_shorter_file()
    {
        var run = await RunAsync();
        await Journal.AddPartsAsync(run, [new JournalPart(1, 0, [1, 2, 3])], None);
        await using var content = Journal.Open(run, Entry(1, new Standing("d", "l", "", 4), null));
        await Assert.ThrowsAsync<EndOfStreamException>(() => content.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task A_run_whose_writes_are_not_settled_is_not_over_when_it_is_cancelled()
    {
        var run = await RunAsync();
        await Journal.PutAsync(run, [Entry(1, null, new Standing("n", "l", "", 0), state: JournalState.Written)], None);
        await Runs.RecoverAsync(all: true, None);
        Assert.Equal(RunState.Queued, (await Runs.CancelAsync(run, None))!.State);
        var claimed = await ClaimAsync();
        Assert.True(claimed.Run.CancelRequested);
        await Runs.ReleaseAsync(claimed.Lease, None);
        Assert.Equal(RunState.Queued, (await Runs.GetAsync(run, None))!.State);

        await Journal.PutAsync(run, [Entry(1, null, new Standing("n", "l", "", 0), state: JournalState.Undone)], None);
        Assert.Equal(RunState.Cancelled, (await Runs.CancelAsync(run, None))!.State);
    }

    [Fact]
    public async Task What_a_run_overwrote_is_kept_for_thirty_days_however_soon_history_goes()
    {
        await Runs.EnqueueAsync(Request(), merge: false, None);
        var claimed = await ClaimAsync();
        await Journal.PutAsync(claimed.Run.Id, [Entry(1, null, null)], None);
        await Runs.FinishAsync(claimed.Lease, Ending(), None);
        var plain = await RunOnceAsync(Request());
        await RunOnceAsync(Request());

        Clock.Advance(TimeSpan.FromDays(29));
        await RunOnceAsync(Request());
        var sweep = new RetentionSweep(Database);
        await sweep.SweepAsync(Clock.Now - TimeSpan.FromDays(1), None);
        Assert.NotNull(await Runs.GetAsync(claimed.Run.Id, None));
        Assert.Null(await Runs.GetAsync(plain, None));

        Clock.Advance(TimeSpan.FromDays(2));
        await sweep.SweepAsync(Clock.Now - TimeSpan.FromDays(1), None);
        Assert.Null(await Runs.GetAsync(claimed.Run.Id, None));
        Assert.Empty(await Journal.LoadAsync(claimed.Run.Id, None));
    }
}

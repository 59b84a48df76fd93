using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

/// <summary>Plans that wait, who else holds an object, what failed and what is held.</summary>
public class TrustStoreTests : StorageTest
{
    private static readonly SyncKey Other = Sync with { Flow = "other" };

    private PlanStore Plans => new(Database);

    private static ResourceKey Flow(string id) => new(ResourceKind.Flow, "prod", id);

    private static RunRequest Wish(string? revision = null) => new(Sync, new("webhook"), false, revision, TimeSpan.Zero, new Dictionary<string, string>());

    private static StoredPlan Plan(string digest) => new(
        digest, DateTimeOffset.UnixEpoch, "too much", "policy", new Dictionary<string, string> { ["t"] = "commit" },
        [new("t", "flow", "prod", "a", "flows/a", "deleted", null, "digest", null)]);

    private async Task<string> ParkedAsync(string digest = "one")
    {
        var run = await Runs.EnqueueAsync(Wish(), false, None);
        var lease = (await Runs.ClaimAsync(Sync, "me", Lease, None))!.Lease;
        await Plans.SaveAsync(lease, Plan(digest), None);
        await Runs.ParkAsync(lease, "approval", null, "waits", new RunCounts(Deleted: 1), [], None);
        return run.Id;
    }

    [Fact]
    public async Task An_approval_frees_the_run_that_waits_with_that_plan_and_a_push_takes_it_back()
    {
        var id = await ParkedAsync();
        Assert.Equal(Plan("one").Writes, (await Plans.GetAsync(id, None))!.Writes);
        Assert.False(await Plans.ApproveAsync(id, "two", "ann", None));
        Assert.True(await Plans.ApproveAsync(id, "one", "ann", None));
        Assert.False(await Plans.ApproveAsync(id, "one", "bea", None));
        Assert.Equal((RunState.Queued, "ann"), ((await Runs.GetAsync(id, None))!.State, (await Plans.GetAsync(id, None))!.ApprovedBy));

        Assert.Equal(id, (await Runs.EnqueueAsync(Wish(), merge: true, None)).Id);
        Assert.True((await Plans.GetAsync(id, None))!.Joined);
        Assert.Equal(id, (await Runs.ClaimAsync(Sync, "me", Lease, None))!.Run.Id);
    }

    [Fact]
    public async Task A_run_that_waits_is_rejected_or_superseded_by_a_newer_one_only()
    {
        var first = await ParkedAsync();
        var second = await ParkedAsync();
        Assert.Equal([first], await Plans.SupersedeAsync(Sync, second, None));
        Assert.Contains(second, (await Runs.GetAsync(first, None))!.Error, StringComparison.Ordinal);
        Assert.False(await Plans.RejectAsync(first, "ann", None));
        Assert.True(await Plans.RejectAsync(second, "ann", None));
        Assert.Equal(RunState.Cancelled, (await Runs.GetAsync(second, None))!.State);
    }

    [Fact]
    public async Task Only_what_another_sync_applied_to_the_same_target_is_held()
    {
        var inventory = new InventoryStore(Database, Clock);
        var state = new TaskState("f", "c", "t", null, new RunCounts()) { Target = "kestra", Source = "git" };
        InventoryEntry Entry(string id, string version = "blob") => new(Flow(id), $"flows/{id}", version, "d", "like", "3", 42);
        await inventory.SaveAsync(Other, "t", [Entry("a"), Entry("seen", ""), Entry("b")], [], state, None);
        await inventory.SaveAsync(Sync, "t", [Entry("a")], [], state, None);
        await inventory.SaveAsync(Other, "elsewhere", [Entry("c")], [], state with { Target = "another" }, None);
        var holders = new HoldersStore(Database);
        Assert.Equal([new Holder(Other, "t", Flow("a"), "flows/a", "git", "like")], await holders.OfAsync(Sync, "kestra", [Flow("a"), Flow("seen"), Flow("c"), Flow("none")], None));
        Assert.Equal(["a", "b"], (await holders.AllAsync(Sync, "kestra", None)).Select(h => h.Key.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_hold_and_a_quarantine_are_one_of_each_sync()
    {
        var holds = new HoldStore(Database, Clock);
        var run = await holds.RollBackAsync(Wish("c1"), null, "bad", "ann", "why", None);
        await holds.SetHeadsAsync(Sync, run.Id, "bad", new Dictionary<string, string> { [Hold.BranchOf("u", "main")] = "bad" }, None);
        var hold = (await holds.AllAsync(None))[Sync];
        Assert.Equal((run.Id, "ann", "bad", "c1"), (hold.RunId, hold.By, hold.Heads["u main"], run.RequestedRevision));
        Assert.True(await holds.ReleaseAsync(Sync, None));
        Assert.False(await holds.ReleaseAsync(Sync, None));

        var failed = new QuarantineStore(Database);
        foreach (var inputs in new[] { "one", "two" }) await failed.PutAsync(Sync, new(inputs, "c", "r", "permanent", run.Id, DateTimeOffset.UnixEpoch), None);
        Assert.Equal("two", (await failed.GetAsync(Sync, None))!.Inputs);
        await failed.ClearAsync(Sync, None);
        Assert.Null(await failed.GetAsync(Sync, None));
    }
}

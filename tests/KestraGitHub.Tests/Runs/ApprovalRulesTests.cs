using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;

namespace KestraGitHub.Tests.Runs;

public sealed class ApprovalRulesTests
{
    private static readonly SyncPolicy Policy = new(WhenMissing.Delete, false, [], null);

    private static ResourceKey Key(int id) => new(ResourceKind.Flow, "prod", $"f{id:00}");

    private static Resource Held(int id) => new(Key(id), "", "d", "d", "1", 1);

    private static JudgedTask Task(int deletes, int owned, SyncPolicy? policy = null, int adds = 0) => new(
        policy ?? Policy,
        new SyncPlan("c", [
            .. Enumerable.Range(0, deletes).Select(i => new Change(ChangeAction.Deleted, Key(i), null, "", Actual: Held(i))),
            .. Enumerable.Range(50, adds).Select(i => new Change(ChangeAction.Added, Key(i), null, "", Held(i))),
        ], null),
        new Inventory(Enumerable.Range(0, owned).ToDictionary(Key, i => new InventoryEntry(Key(i), "p", "v", "d", "d", "1", 1))));

    private static string Reasons(SafetyRules rules, params JudgedTask[] tasks) => string.Join('\n', ApprovalRules.Reasons(tasks, rules));

    [Theory]
    [InlineData(10, 0, "")]
    [InlineData(11, 0, "11 objects would be deleted, more than maxDeletes (10): flow prod/f00, flow prod/f01, flow prod/f02 and 8 more.")]
    [InlineData(4, 4, "")]
    [InlineData(1, 5, "")]
    [InlineData(2, 5, "2 objects would be deleted, 40 % of the 5 that this sync owns and more than maxDeletePercent (20): flow prod/f00, flow prod/f01.")]
    [InlineData(10, 50, "")]
    public void A_plan_is_held_against_the_number_and_the_share_of_its_deletes(int deletes, int owned, string reasons) =>
        Assert.Equal(reasons, Reasons(SafetyRules.Default, Task(deletes, owned)));

    [Fact]
    public void The_tasks_of_a_stage_share_one_budget()
    {
        Assert.Contains("12 objects", Reasons(SafetyRules.Default, Task(6, 30), Task(6, 30)), StringComparison.Ordinal);
        Assert.Equal("", Reasons(SafetyRules.Default, Task(2, 5), Task(0, 5)));
    }

    [Fact]
    public void What_is_not_owned_waits_only_where_the_delete_is_a_default()
    {
        Assert.Contains("1 object would be deleted that this sync never applied", Reasons(SafetyRules.Default, Task(1, 0, Policy with { DeletesByDefault = true })), StringComparison.Ordinal);
        Assert.Equal("", Reasons(SafetyRules.Default, Task(1, 1, Policy with { DeletesByDefault = true })));
        Assert.Equal("", Reasons(SafetyRules.Default, Task(1, 0)));
    }

    [Theory]
    [InlineData(ApprovalRule.Required, 0, 1, true)]
    [InlineData(ApprovalRule.Required, 0, 0, false)]
    [InlineData(ApprovalRule.OnDelete, 0, 1, false)]
    [InlineData(ApprovalRule.OnDelete, 1, 0, true)]
    [InlineData(ApprovalRule.Never, 1, 1, false)]
    public void Approval_may_be_asked_for_whatever_the_budget(ApprovalRule rule, int deletes, int adds, bool waits) =>
        Assert.Equal(waits, Reasons(new SafetyRules { Approval = rule }, Task(deletes, 1, adds: adds)).Length > 0);

    [Fact]
    public void What_is_over_a_limit_is_named_with_its_size()
    {
        var plan = Task(0, 0, adds: 3).Plan!;
        Assert.Null(LimitRules.Fault([plan], RunLimits.None));
        Assert.Null(LimitRules.Fault([plan], new RunLimits(3, 3, 1, null)));
        Assert.Contains("limits.objects (2)", LimitRules.Fault([plan], new RunLimits(2, null, null, null)), StringComparison.Ordinal);
        Assert.Contains("limits.bytes (2)", LimitRules.Fault([plan], new RunLimits(null, 2, null, null)), StringComparison.Ordinal);
        Assert.Contains("flow prod/f50 has 1 bytes", LimitRules.Fault([plan], new RunLimits(null, null, 0, null)), StringComparison.Ordinal);
    }
}

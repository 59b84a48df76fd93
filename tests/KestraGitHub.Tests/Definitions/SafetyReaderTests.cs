using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Definitions;

public sealed class SafetyReaderTests
{
    [Fact]
    public void Without_our_own_part_the_defaults_hold()
    {
        var rules = Load.Good(Load.Sync()).Options.Safety;
        Assert.Equal((OnFailure.Undo, 10, 20, false), (rules.OnFailure, rules.MaxDeletes, rules.MaxDeletePercent, rules.Adopt));
        Assert.Equal((OnConflict.Source, OnDrift.Overwrite, ApprovalRule.Never), (rules.OnConflict, rules.OnDrift, rules.Approval));
        Assert.Equal(((WhenRunning?)null, (TimeSpan?)null, false), (rules.WhenRunning, rules.DriftInterval, rules.Strict));
        Assert.Equal(RunLimits.None, rules.Limits);
        Assert.Empty(rules.Windows);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var rules = Load.Good(With(
            """
            onFailure: stop
            onConflict: merge
            onDrift: report
            approval: onDelete
            whenRunning: wait
            maxDeletes: 3
            maxDeletePercent: 0
            adopt: true
            strict: true
            driftInterval: PT1M
            windows:
              - kind: deny
                cron: "0 0 * * 5"
                duration: P1D
                timezone: Europe/Paris
            limits: {objects: 5, bytes: 1000, fileBytes: 100, runTime: PT1M}
            dependsOn: [first, ops/second]
            protectedNamespaces: company.prod
            """)).Options.Safety;
        Assert.Equal((OnFailure.Stop, 3, 0, true), (rules.OnFailure, rules.MaxDeletes, rules.MaxDeletePercent, rules.Adopt));
        Assert.Equal((OnConflict.Merge, OnDrift.Report, ApprovalRule.OnDelete), (rules.OnConflict, rules.OnDrift, rules.Approval));
        Assert.Equal((WhenRunning.Wait, TimeSpan.FromMinutes(1), true), (rules.WhenRunning, rules.DriftInterval, rules.Strict));
        Assert.Equal([new SyncWindow(false, "0 0 * * 5", TimeSpan.FromDays(1), "Europe/Paris")], rules.Windows);
        Assert.Equal(new RunLimits(5, 1000, 100, TimeSpan.FromMinutes(1)), rules.Limits);
        Assert.Equal([new SyncKey("main", "system", "first"), new SyncKey("main", "ops", "second")], rules.DependsOn);
        Assert.Equal(["company.prod"], rules.ProtectedNamespaces);
    }

    [Theory]
    [InlineData("onFailure: maybe", "`onFailure`")]
    [InlineData("onConflict: [source]", "`onConflict`")]
    [InlineData("maxDeletes: -1", "out of range")]
    [InlineData("maxDeletePercent: 101", "out of range")]
    [InlineData("maxDeletes: many", "no whole number")]
    [InlineData("adopt: perhaps", "neither true nor false")]
    [InlineData("driftInterval: 5 minutes", "no ISO-8601 duration")]
    [InlineData("windows: nightly", "no list")]
    [InlineData("windows: [{kind: allow, cron: \"0 22 * *\", duration: PT8H}]", "`cron` of a window")]
    [InlineData("windows: [{kind: allow, cron: \"0 22 * * *\"}]", "`duration` of a window is missing")]
    [InlineData("windows: [{kind: sometimes, cron: \"0 22 * * *\", duration: PT8H}]", "`kind` of a window")]
    [InlineData("windows: [{kind: allow, cron: \"0 22 * * *\", duration: PT8H, timezone: Mars/Olympus}]", "`timezone` of a window")]
    [InlineData("limits: {files: 3}", "`files` is no property of `limits`")]
    [InlineData("dependsOn: a/b/c", "names no sync")]
    [InlineData("protectedNamespaces: \"Not One\"", "is no namespace")]
    [InlineData("maxDelets: 3", "`maxDelets` is no property")]
    public void What_is_wrong_with_a_key_is_said_at_its_place(string line, string words) => Assert.Contains(words, Load.Fault(With(line)).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Protected_namespaces_are_those_of_the_task_and_of_the_definition()
    {
        var task = Load.Render(With("protectedNamespaces: company.prod"));
        Assert.Contains("company.prod", task.Policy.ProtectedNamespaces);
    }

    private static string With(string own) =>
        Load.Sync(flow: "x-kestra-github:\n" + string.Concat(own.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"  {l}\n")));
}

using System.Net;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>Plans that wait for a person: when, what is seen of them meanwhile, and what an approval is worth.</summary>
public sealed class ApprovalTests
{
    private const string Deleting = "targetNamespace: prod\ngitDirectory: _flows\ndelete: true";

    private static string Flow(string id, string ns = "prod", string message = "n0 # keep") => SyncCase.Flow(id, ns, message);

    private static Dictionary<string, SandboxFile> Files(params string[] ids) => ids.ToDictionary(id => $"_flows/{id}.yaml", id => (SandboxFile)Flow(id));

    private static string Safety(string keys) => $"x-kestra-github: {{{keys}}}\n";

    /// <summary>Git holds a; Kestra holds a, b, c and d. Two deletes are one too many.</summary>
    private static async Task<(SyncCase Case, Run Run)> WaitingAsync(string more = "")
    {
        var one = await SyncCase.HoldingAsync(Files("a"), [Flow("a"), Flow("b"), Flow("c"), Flow("d")]);
        await one.DefineAsync(one.Task(Deleting), Safety("maxDeletes: 2") + more);
        return (one, (await one.RunAsync()).Waits());
    }

    [Fact]
    public async Task More_deletes_than_the_budget_wait_with_their_rows_and_hold_up_nobody()
    {
        var (one, run) = await WaitingAsync();
        await using var _ = one;
        run.Waits("3 objects would be deleted", "maxDeletes (2)", "flow prod/b", "approve");
        Assert.Equal(("deleted prod/b, deleted prod/c, deleted prod/d", 3, 1), (run.Written, run.Count("deleted"), run.Attempt));
        Assert.Contains(run.Json["approval"]!["reason"]!.GetValue<string>(), run.Error, StringComparison.Ordinal);
        Assert.Equal(4, one.Flows.Count);

        var dry = (await one.RunAsync(dryRun: true)).Succeeded();
        Assert.Equal(3, dry.Count("deleted"));
        Assert.Contains("would wait for approval", await one.LogAsync(dry), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("waiting", (await one.EndAsync(run.Id)).State);
    }

    [Fact]
    public async Task An_approved_plan_is_applied_and_says_who_approved_it()
    {
        var (one, run) = await WaitingAsync();
        await using var _ = one;
        var (status, answer) = await one.SayAsync(run, "approve", new { plan = run.Json["approval"]!["plan"]!.GetValue<string>() });
        Assert.Equal((HttpStatusCode.OK, "queued"), (status, answer["state"]!.GetValue<string>()));
        var end = (await one.EndAsync(run.Id)).Succeeded();
        Assert.Equal(["prod/a"], one.Flows.Keys);
        Assert.Equal(3, end.Count("deleted"));
        Assert.NotEmpty(end.Json["approval"]!["approvedBy"]!.GetValue<string>());
        Assert.NotNull(end.Json["approval"]!["approvedAt"]);
        Assert.Equal(HttpStatusCode.Conflict, (await one.SayAsync(run, "approve")).Status);
    }

    [Fact]
    public async Task A_plan_that_moved_since_is_refused_and_the_object_named()
    {
        var (one, run) = await WaitingAsync();
        await using var _ = one;
        one.Kestra.State.PutFlow(Flow("c", message: "edited"));
        await one.SayAsync(run, "approve");
        (await one.EndAsync(run.Id)).Failed("no longer holds", "flow prod/c changed in Kestra", "nothing was written");
        Assert.Equal(4, one.Flows.Count);
    }

    [Fact]
    public async Task An_approved_plan_goes_by_its_own_commit_and_not_by_a_newer_one()
    {
        var (one, run) = await WaitingAsync();
        await using var _ = one;
        one.Commit(Files("a", "z"));
        await one.SayAsync(run, "approve");
        var end = (await one.EndAsync(run.Id)).Succeeded();
        Assert.Equal(run.Json["revision"]!.GetValue<string>(), end.Json["revision"]!.GetValue<string>());
        Assert.Equal(["prod/a"], one.Flows.Keys);
    }

    [Fact]
    public async Task An_approval_is_for_the_plan_that_was_seen()
    {
        var (one, run) = await WaitingAsync();
        await using var _ = one;
        Assert.Equal(HttpStatusCode.Conflict, (await one.SayAsync(run, "approve", new { plan = "another" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await one.SayAsync(run, "approve", new { plam = "x" })).Status);
        await one.DefineAsync(one.Task(Deleting), Safety("maxDeletes: 1"));
        await one.SayAsync(run, "approve");
        (await one.EndAsync(run.Id)).Failed("no longer holds", "the definition changed");
        Assert.Equal(4, one.Flows.Count);
    }

    [Fact]
    public async Task A_rejected_run_ends_as_cancelled()
    {
        var (one, run) = await WaitingAsync();
        await using var _ = one;
        var (status, answer) = await one.SayAsync(run, "reject");
        Assert.Equal((HttpStatusCode.OK, "cancelled"), (status, answer["state"]!.GetValue<string>()));
        Assert.Contains("rejected by", answer["error"]!.GetValue<string>(), StringComparison.Ordinal);
        AssertNothingWritten(new Run(answer));
        Assert.Equal(HttpStatusCode.Conflict, (await one.SayAsync(run, "approve")).Status);
        Assert.Equal(4, one.Flows.Count);
    }

    /// <summary>What was planned stands in its rows as not written, and counts as that.</summary>
    private static void AssertNothingWritten(Run run)
    {
        Assert.Equal(("", 0), (run.Written, run.Count("deleted")));
        Assert.Contains(run.Rows, r => r is { Action: "skipped", Reason: "not written: would have been deleted" });
        Assert.Equal(run.Rows.Count(r => r.Action == "skipped"), run.Count("skipped"));
    }

    [Fact]
    public async Task A_newer_run_supersedes_one_that_waits()
    {
        var (one, run) = await WaitingAsync();
        await using var _ = one;
        var newer = (await one.RunAsync()).Waits();
        var older = await one.EndAsync(run.Id);
        Assert.Equal("cancelled", older.State);
        Assert.Contains(newer.Id, older.Error, StringComparison.Ordinal);
        AssertNothingWritten(older);
        one.Commit(Files("a", "b", "c", "d"));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal("cancelled", (await one.EndAsync(newer.Id)).State);
    }

    [Fact]
    public async Task A_newer_push_joins_a_run_that_waits_and_takes_its_approval()
    {
        const string hook = "triggers:\n  - {id: push, type: io.kestra.plugin.core.trigger.Webhook, key: of-this-test}\n";
        var (one, run) = await WaitingAsync(hook);
        await using var _ = one;
        one.Commit(Files("a", "b"));
        (await GitHubHook.PushAsync(one.Service.Http, $"/webhook/main/{one.Namespace}/{one.Name}/of-this-test")).Dispose();

        // It is planned anew, and two deletes are within the budget.
        Assert.Equal("deleted prod/c, deleted prod/d", (await one.EndAsync(run.Id)).Succeeded().Written);
        Assert.Equal(["prod/a", "prod/b"], one.Flows.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_share_of_what_is_owned_is_a_budget_too_from_five_objects_on()
    {
        await using var one = await SyncCase.HoldingAsync(Files("a", "b", "c", "d", "e"), [Flow("x"), Flow("y")]);
        await one.DefineAsync(one.Task(Deleting));
        Assert.Equal(2, (await one.RunAsync()).Succeeded().Count("deleted"));
        one.Commit(Files("a", "b", "c"));
        var run = (await one.RunAsync()).Waits("40 %", "5 that this sync owns", "maxDeletePercent (20)");
        await one.SayAsync(run, "reject");
        one.Commit(Files("a", "b", "c", "d"));
        Assert.Equal("deleted prod/e", (await one.RunAsync()).Succeeded().Written);
        one.Commit(Files("a"));
        Assert.Equal("deleted prod/b, deleted prod/c, deleted prod/d", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task What_was_never_applied_is_not_deleted_by_a_task_s_default_alone()
    {
        foreach (var (type, place) in new[] { ("NamespaceSync", "namespace: prod\n"), ("TenantSync", "") })
        {
            await using var one = await SyncCase.HoldingAsync(new() { ["prod/flows/a.yaml"] = Flow("a") }, [Flow("a"), Flow("foreign")]);
            var task = one.Task(place + "sourceOfTruth: GIT", type);
            await one.DefineAsync(task);
            (await one.RunAsync()).Waits("1 object would be deleted that this sync never applied", "adopt: true", "flow prod/foreign");
            Assert.Equal(2, one.Flows.Count);
            await one.DefineAsync(task, Safety("adopt: true"));
            Assert.Equal("deleted prod/foreign", (await one.RunAsync()).Succeeded().Written);

            // What it applied itself goes with its file, without anybody's leave.
            one.Commit(new Dictionary<string, SandboxFile> { ["prod/flows/a.yaml"] = Flow("a"), ["prod/flows/b.yaml"] = Flow("b") });
            await one.DefineAsync(task);
            Assert.Equal("added prod/b", (await one.RunAsync()).Succeeded().Written);
            one.Commit(new Dictionary<string, SandboxFile> { ["prod/flows/a.yaml"] = Flow("a") });
            Assert.Equal("deleted prod/b", (await one.RunAsync()).Succeeded().Written);
        }
    }

    [Theory]
    [InlineData("PushFlows", "sourceNamespace: prod\ntargetNamespace: prod\ngitDirectory: _flows")]
    [InlineData("NamespaceSync", "namespace: prod\nsourceOfTruth: KESTRA\ngitDirectory: .")]
    public async Task The_same_holds_for_files_of_Git(string type, string properties)
    {
        var path = type == "PushFlows" ? "_flows" : "prod/flows";
        await using var one = await SyncCase.HoldingAsync(new() { [$"{path}/a.yaml"] = Flow("a"), [$"{path}/foreign.yaml"] = Flow("foreign") }, [Flow("a")]);
        await one.DefineAsync(one.Task(properties, type));
        var run = (await one.RunAsync()).Waits("1 object would be deleted that this sync never applied");
        Assert.Equal(2, one.Files().Count);
        await one.SayAsync(run, "approve");
        Assert.Equal("deleted prod/foreign", (await one.EndAsync(run.Id)).Succeeded().Written);
        Assert.Equal([$"{path}/a.yaml"], one.Files().Keys);
    }

    [Fact]
    public async Task Approval_may_be_required_for_every_write_or_for_deletes()
    {
        await using var one = await SyncCase.HoldingAsync(Files("a"), []);
        await one.DefineAsync(one.Task(Deleting), Safety("approval: required"));
        var run = (await one.RunAsync()).Waits("approval is required", "flow prod/a");
        await one.SayAsync(run, "approve");
        (await one.EndAsync(run.Id)).Succeeded();
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);

        await one.DefineAsync(one.Task(Deleting), Safety("approval: onDelete"));
        one.Commit(Files("a", "b"));
        Assert.Equal("added prod/b", (await one.RunAsync()).Succeeded().Written);
        one.Commit(Files("a"));
        (await one.RunAsync()).Waits("approval is onDelete", "flow prod/b");
    }
}

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

public sealed class SyncPlannerTests
{
    private static readonly SyncPolicy Keep = new(WhenMissing.Keep, IgnoreInvalid: false, [], Self: null);
    private static readonly SyncPolicy Delete = Keep with { WhenMissing = WhenMissing.Delete };

    [Fact]
    public void A_flow_that_only_git_has_is_added() =>
        Assert.Equal("added a: new in Git", One(Plan([Flow("a")], [])));

    [Fact]
    public void Equal_bytes_are_unchanged() => Assert.Equal("unchanged a: ", One(Plan([Flow("a", "x")], [Flow("a", "x")])));

    [Fact]
    public void A_difference_that_means_nothing_is_no_drift() =>
        Assert.Equal("unchanged a: differs in line ends or final newlines only", One(Plan([Flow("a", "x\n", "x")], [Flow("a", "x", "x")])));

    [Fact]
    public void A_new_blob_is_applied_even_when_only_its_line_ends_differ() =>
        Assert.Equal("updated a: changed in Git", One(Plan(
            [Flow("a", "x\r\n", "x", version: "blob2")], [Flow("a", "x\n", "x")], known: [Known("a", "x", "blob1")])));

    [Fact]
    public void An_edit_in_kestra_is_named_when_git_wins() =>
        Assert.Equal("updated a: edited in Kestra (revision 7); Git wins", One(Plan(
            [Flow("a", "x", version: "blob1")], [Flow("a", "y", version: "7")], known: [Known("a", "x", "blob1")])));

    [Fact]
    public void An_edit_on_both_sides_says_what_is_overwritten() =>
        Assert.Equal("updated a: changed in Git; the edit in Kestra (revision 7) is overwritten, the journal keeps it", One(Plan(
            [Flow("a", "z", version: "blob2")], [Flow("a", "y", version: "7")], known: [Known("a", "x", "blob1")])));

    [Fact]
    public void What_kestra_lost_is_put_back() =>
        Assert.Equal("added a: was applied before and is gone from Kestra", One(Plan([Flow("a", version: "b")], [], known: [Known("a", "x", "b")])));

    [Fact]
    public void What_git_lost_is_kept_unless_the_definition_deletes()
    {
        Assert.Equal(["kept b: not in Git; delete is off"], Others(Plan([Flow("a")], [Flow("b")], Keep)));
        Assert.Equal(["deleted b: not in Git"], Others(Plan([Flow("a")], [Flow("b")], Delete)));
        Assert.Equal(["deleted b: no longer in Git"], Others(Plan([Flow("a")], [Flow("b")], Delete, known: [Known("b", "x", "b")])));
    }

    [Fact]
    public void A_kind_that_one_side_cannot_hold_is_skipped_with_the_reason_and_never_deleted()
    {
        var lacking = new Dictionary<ResourceKind, string> { [ResourceKind.Flow] = "Enterprise only" };
        Assert.Equal(["skipped a: Enterprise only"], Rows(SyncPlanner.Plan(Set([Flow("a")]), Set([]) with { Unsupported = lacking }, Inventory.Empty, Delete)));
        Assert.Equal(["skipped b: Enterprise only"], Rows(SyncPlanner.Plan(Set([]) with { Unsupported = lacking }, Set([Flow("b")]), Inventory.Empty, Delete)));
        Assert.Null(SyncPlanner.Plan(Set([Flow("a")]), Set([]) with { Unsupported = lacking }, Inventory.Empty, Delete).Blocker);
    }

    [Fact]
    public void An_objection_to_the_kind_skips_what_one_to_the_object_blocks()
    {
        var plan = Plan([Flow("a"), Flow("b")], []);
        var skipped = SyncPlanner.WithObjections(plan, [new(KeyOf("a"), "answered 405", Skips: true)], Keep);
        Assert.Equal(["skipped a: answered 405", "added b: new in Git"], Rows(skipped));
        Assert.Null(skipped.Blocker);
        Assert.NotNull(SyncPlanner.WithObjections(plan, [new(KeyOf("a"), "wrong")], Keep).Blocker);
    }

    [Fact]
    public void The_flow_that_defines_the_sync_is_never_deleted() =>
        Assert.Equal(["protected b: it defines this sync"], Others(Plan([Flow("a")], [Flow("b")], Delete with { Self = KeyOf("b") })));

    [Fact]
    public void A_protected_namespace_covers_its_children_and_not_its_siblings()
    {
        var policy = Delete with { ProtectedNamespaces = ["prod.sub"] };
        var actual = new[] { Flow("x", ns: "prod.sub.deep"), Flow("y", ns: "prod.subway") };
        Assert.Equal(
            ["deleted y: not in Git", "protected x: namespace prod.sub is protected"],
            Others(Plan([Flow("a")], actual, policy)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_empty_source_never_deletes() =>
        Assert.Equal("kept b: nothing usable is left in Git: an empty source never deletes", One(Plan([], [Flow("b")], Delete)));

    /// <summary>A tenant's last dashboard, taken out of a commit that still holds its flows.</summary>
    [Fact]
    public void The_last_of_a_kind_goes_where_it_was_applied_and_git_still_holds_others()
    {
        var last = new Resource(new ResourceKey(ResourceKind.Dashboard, "", "d"), "_global/dashboards/d.yaml", "x", "x", "v", 1);
        var known = new InventoryEntry(last.Key, last.Path, "blob", "x", "x", "1", 1);

        Assert.Equal(["deleted d: no longer in Git"], Others(Plan([Flow("a")], [last], Delete, known: [known])));
        Assert.Equal(["kept d: nothing usable is left in Git: an empty source never deletes"], Others(Plan([Flow("a")], [last], Delete)));
        Assert.Equal(["kept d: nothing usable is left in Git: an empty source never deletes"], Others(Plan([], [last], Delete, known: [known])));
        var toGit = Delete with { Direction = Direction.KestraToGit };
        Assert.Equal(["kept d: nothing usable is left in Kestra: an empty source never deletes"], Others(Plan([Flow("a")], [last], toGit, known: [known])));
    }

    [Fact]
    public void A_missing_directory_never_deletes()
    {
        var desired = Set([]) with { Missing = true };
        Assert.Equal("kept b: the directory is missing in Git: nothing is deleted because of that",
            One(SyncPlanner.Plan(desired, Set([Flow("b")]), Inventory.Empty, Delete)));
    }

    [Fact]
    public void An_invalid_file_stops_everything_and_is_not_absent()
    {
        var plan = Plan([Flow("a")], [Flow("b")], Delete, problems: [Invalid("_flows/b.yml", KeyOf("b"))]);
        Assert.Equal(["added a: new in Git", "invalid b: broken"], Rows(plan));
        Assert.Equal("1 object is invalid, nothing was written: _flows/b.yml: broken", plan.Blocker);
    }

    [Fact]
    public void An_invalid_file_that_may_be_left_out_leaves_the_live_flow_alone()
    {
        var plan = Plan([Flow("a")], [Flow("b"), Flow("gone")], Delete with { IgnoreInvalid = true }, problems: [Invalid("_flows/b.yml", KeyOf("b"))]);
        Assert.Null(plan.Blocker);
        Assert.Equal(["added a: new in Git", "invalid b: broken", "deleted gone: not in Git"], Rows(plan));
    }

    [Fact]
    public void A_file_that_may_be_any_flow_keeps_all_of_its_namespace_and_no_other()
    {
        var problem = new ReadProblem(ProblemKind.Invalid, ResourceKind.Flow, "_flows/huh.yml", "prod", "broken", [], ShieldsNamespace: true);
        var plan = Plan([Flow("a")], [Flow("b"), Flow("c", ns: "prod.sub")], Delete with { IgnoreInvalid = true }, problems: [problem]);
        Assert.Contains("kept b: _flows/huh.yml is invalid and may be this flow", Rows(plan));
        Assert.Contains("deleted c: not in Git", Rows(plan));
    }

    [Fact]
    public void A_stored_flow_that_cannot_be_read_is_present()
    {
        var unreadable = new ReadProblem(ProblemKind.Invalid, ResourceKind.Flow, "a", "prod", "no YAML", [KeyOf("a")]);
        var actual = Set([Flow("b")]) with { Problems = [unreadable] };
        var plan = SyncPlanner.Plan(Set([Flow("a"), Flow("b")]), actual, Inventory.Empty, Delete);
        Assert.Equal(["updated a: what Kestra holds cannot be read; Git replaces it", "unchanged b: "], Rows(plan));
    }

    [Fact]
    public void Fail_when_missing_stops_before_the_first_write()
    {
        var plan = Plan([Flow("a")], [Flow("b")], Keep with { WhenMissing = WhenMissing.Fail });
        Assert.Contains("failed b: in Kestra, not in Git", Rows(plan));
        Assert.StartsWith("1 object is in Kestra and not in Git", plan.Blocker, StringComparison.Ordinal);
    }

    [Fact]
    public void Fail_when_missing_stops_also_where_the_source_holds_nothing()
    {
        var fail = Keep with { WhenMissing = WhenMissing.Fail };
        Assert.NotNull(Plan([], [Flow("b")], fail).Blocker);
        Assert.Equal(["failed b: in Kestra, not in Git"], Rows(SyncPlanner.Plan(Set([]) with { Missing = true }, Set([Flow("b")]), Inventory.Empty, fail)));
    }

    [Fact]
    public void What_may_be_there_is_not_missing_where_that_fails()
    {
        var problem = new ReadProblem(ProblemKind.Invalid, ResourceKind.Flow, "_flows/huh.yml", "prod", "broken", [], ShieldsNamespace: true);
        var plan = Plan([Flow("a")], [Flow("b")], Keep with { WhenMissing = WhenMissing.Fail, IgnoreInvalid = true }, problems: [problem]);
        Assert.Contains("kept b: _flows/huh.yml is invalid and may be this flow", Rows(plan));
        Assert.Null(plan.Blocker);
    }

    [Fact]
    public void Deletes_come_last() =>
        Assert.Equal(["added b", "added z", "deleted a"], Rows(Plan([Flow("z"), Flow("b")], [Flow("a")], Delete)).Select(r => r.Split(':')[0]));

    [Fact]
    public void What_the_server_objects_to_is_invalid()
    {
        var plan = Plan([Flow("a"), Flow("b")], []);
        var strict = SyncPlanner.WithObjections(plan, [new(KeyOf("b"), "Invalid type: nope")], Keep);
        Assert.Equal(["added a: new in Git", "invalid b: Invalid type: nope"], Rows(strict));
        Assert.Contains("_flows/b.yml: Invalid type: nope", strict.Blocker, StringComparison.Ordinal);
        Assert.Null(SyncPlanner.WithObjections(plan, [new(KeyOf("b"), "x")], Keep with { IgnoreInvalid = true }).Blocker);
    }

    [Theory]
    [InlineData("dev", "dev", true)]
    [InlineData("dev.a", "dev", true)]
    [InlineData("dev2", "dev", false)]
    [InlineData("development", "dev", false)]
    [InlineData("de", "dev", false)]
    public void Child_namespaces_match_on_dots(string name, string ancestor, bool below) =>
        Assert.Equal(below, NamespaceTree.IsSameOrBelow(name, ancestor));

    [Theory]
    [InlineData("main", true)]
    [InlineData("feature/x", true)]
    [InlineData("0123abc", true)]
    [InlineData("", false)]
    [InlineData("-oProxyCommand=x", false)]
    [InlineData("../x", false)]
    [InlineData("a..b", false)]
    [InlineData("a b", false)]
    [InlineData("HEAD~1", false)]
    [InlineData("x@{1}", false)]
    [InlineData("refs/heads/x.lock", false)]
    public void A_revision_is_a_name_and_no_expression(string text, bool valid) => Assert.Equal(valid, RevisionName.IsValid(text));

    private static SyncPlan Plan(
        Resource[] desired, Resource[] actual, SyncPolicy? policy = null, InventoryEntry[]? known = null, ReadProblem[]? problems = null) =>
        SyncPlanner.Plan(
            Set(desired) with { Problems = problems ?? [] }, Set(actual), new Inventory((known ?? []).ToDictionary(k => k.Key)), policy ?? Keep);

    private static ResourceSet Set(Resource[] resources) => new("c0ffee", resources.ToDictionary(r => r.Key), []);

    private static ResourceKey KeyOf(string id, string ns = "prod") => new(ResourceKind.Flow, ns, id);

    private static Resource Flow(string id, string text = "x", string? like = null, string version = "v", string ns = "prod") =>
        new(KeyOf(id, ns), $"_flows/{id}.yml", text, like ?? text, version, text.Length);

    private static InventoryEntry Known(string id, string text, string blob) => new(KeyOf(id), $"_flows/{id}.yml", blob, text, text, "1", text.Length);

    private static ReadProblem Invalid(string path, ResourceKey key) =>
        new(ProblemKind.Invalid, key.Kind, path, key.Namespace, "broken", [key]);

    private static string[] Rows(SyncPlan plan) => [.. plan.Changes.Select(c => $"{c.Action.ToString().ToLowerInvariant()} {c.Key.Id}: {c.Reason}")];

    private static string One(SyncPlan plan) => Assert.Single(Rows(plan));

    private static string[] Others(SyncPlan plan) => [.. Rows(plan).Where(r => !r.StartsWith("added a", StringComparison.Ordinal))];
}

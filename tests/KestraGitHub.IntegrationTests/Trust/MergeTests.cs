using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;
using static KestraGitHub.IntegrationTests.Trust.ConflictScene;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>What becomes of a flow that moved in Kestra and in Git where the changes are to be joined line by line.</summary>
public sealed class MergeTests
{
    public static TheoryData<string> Versions => ConflictTests.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Where_both_moved_in_different_lines_both_changes_stand_and_stay(string version)
    {
        await using var one = await AppliedAsync(version, "onConflict: merge");
        Both(one);
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal(("updated prod/a", "changed in both; merged"), (run.Written, run.Of(Files).Reason));
        Assert.Equal(Text("of git", "by hand").TrimEnd(), one.Flows["prod/a"]);

        // A commit elsewhere makes the next run read again: it must not undo the merge.
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text("of git"), ["_flows/b.yaml"] = SyncCase.Flow("b") });
        Assert.Equal("added prod/b", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal(Text("of git", "by hand").TrimEnd(), one.Flows["prod/a"]);

        // The next change of Git is joined with what was joined before.
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text("of git again"), ["_flows/b.yaml"] = SyncCase.Flow("b") });
        Assert.Equal("updated prod/a", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal(Text("of git again", "by hand").TrimEnd(), one.Flows["prod/a"]);

        // Git takes over what Kestra has: nothing is left of the merge.
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text("of git again", "by hand"), ["_flows/b.yaml"] = SyncCase.Flow("b") });
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Changes_of_the_same_line_are_not_merged_and_nothing_is_written(string version)
    {
        await using var one = await AppliedAsync(version, "onConflict: merge");
        one.Kestra.State.PutFlow(Text(first: "by hand"));
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text(first: "of git"), ["_flows/b.yaml"] = SyncCase.Flow("b") });
        (await one.RunAsync()).Failed("flow prod/a", "the changes meet in the same lines");
        Assert.Equal(["prod/a"], one.Flows.Keys);
        Assert.Equal(Text(first: "by hand").TrimEnd(), one.Flows["prod/a"]);
    }

    [Fact]
    public async Task A_merge_that_Kestra_refuses_is_not_written()
    {
        await using var one = await AppliedAsync("2.0", "onConflict: merge");
        // Each alone is a flow; joined, two tasks have one name.
        one.Kestra.State.PutFlow(Text().Replace("- id: second", "- id: twice", StringComparison.Ordinal));
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text().Replace("- id: first", "- id: twice", StringComparison.Ordinal) });
        (await one.RunAsync()).Failed("twice");
        Assert.Contains("- id: first", one.Flows["prod/a"], StringComparison.Ordinal);
    }
}

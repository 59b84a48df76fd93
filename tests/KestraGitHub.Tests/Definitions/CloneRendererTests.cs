using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

/// <summary>What a Clone task says (plugin-git.md 2.1), and what it may not.</summary>
public class CloneRendererTests
{
    private const string Head = "id: c\nnamespace: system\ntasks:\n  - id: clone\n    type: io.kestra.plugin.git.Clone\n    url: https://github.com/o/r\n";

    private static string Flow(string lines) => Head + string.Concat(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"    {l}\n"));

    private static CloneTask Render(string lines)
    {
        // No Kestra is configured: a clone needs none.
        var definition = Load.Good(Flow(lines), Load.NoTarget);
        return CloneRenderer.Render(definition, definition.Tasks[0], new(Load.NoTarget, new Dictionary<string, string>()));
    }

    [Fact]
    public void The_defaults_are_those_of_the_plugin()
    {
        var task = Render("");
        Assert.Equal((null, "", false, null), (task.Git.Branch, task.Git.Directory, task.Git.Submodules, task.Revision));
        Assert.Equal((1, true, false, ""), (task.Depth, task.AllBranches, task.NoTags, task.Directory));
    }

    [Theory]
    [InlineData("branch: dev", null, "dev")]
    [InlineData("branch: refs/heads/dev", null, "dev")]
    [InlineData("branch: dev\ntag: v1", "refs/tags/v1", "dev")]
    [InlineData("branch: dev\ntag: v1\ncommit: 0a1b2c3d", "0a1b2c3d", "dev")]
    [InlineData("tag: \"{{ 'V2' | lower }}\"", "refs/tags/v2", null)]
    [InlineData("commit: ''", null, null)]
    public void A_commit_wins_over_a_tag_and_that_over_the_branch(string lines, string? revision, string? branch)
    {
        var task = Render(lines);
        Assert.Equal((revision, branch), (task.Revision, task.Git.Branch));
    }

    [Theory]
    [InlineData("tag: v1")]
    [InlineData("commit: 0a1b2c3d")]
    public void A_tag_or_commit_is_cloned_with_all_its_history(string lines) => Assert.Null(Render(lines + "\ndepth: 3").Depth);

    [Fact]
    public void Everything_else_arrives()
    {
        var task = Render("directory: ./sub//repo/\ncloneSubmodules: true\nnoTags: true\nbranch: b\ncloneAllBranches: false\ndepth: 5\ntimeout: PT5M\nretry: {type: constant, interval: PT1S, maxAttempts: 3}");
        Assert.Equal(("sub/repo", true, true, false, 5, TimeSpan.FromMinutes(5)), (task.Directory, task.Git.Submodules, task.NoTags, task.AllBranches, task.Depth, task.Timeout));
        Assert.Equal(3, task.Retry!.MaxAttempts);
    }

    [Theory]
    [InlineData("cloneAllBranches: false", "`branch` must be set")] // C-CL-13
    [InlineData("tag: v1.0\nnoTags: true", "`tag` cannot be used with `noTags: true`")] // C-CL-16
    [InlineData("commit: main", "no commit id")]
    [InlineData("commit: 0a1", "no commit id")]
    [InlineData("tag: --upload-pack=x", "no name of a tag")]
    [InlineData("tag: a..b", "no name of a tag")]
    [InlineData("branch: a..b", "no name of a branch")]
    [InlineData("depth: 0", "no number of commits")]
    [InlineData("depth: deep", "no whole number")]
    [InlineData("directory: ../out", "leads out")]
    [InlineData("directory: /etc", "leads out")]
    [InlineData("directory: a/.git/hooks", "no directory to clone into")]
    [InlineData("gitDirectory: x", "no property")]
    public void A_bad_option_is_said_with_its_cure(string lines, string complaint) =>
        Assert.Contains(complaint, Load.Fault(Flow(lines), Load.NoTarget).ToString(), StringComparison.Ordinal);
}

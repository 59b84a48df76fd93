using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public class WatchedRefsTests
{
    [Theory]
    [InlineData("", "", "refs/heads/main", true, "this sync watches main")]
    [InlineData("", "", "refs/heads/dev", false, "this sync watches main")]
    [InlineData("", "", "refs/heads/main/x", false, "this sync watches main")]
    [InlineData("", "", "refs/tags/main", false, "only pushes to branches start a sync")]
    [InlineData("", "", "refs/heads/", false, "only pushes to branches start a sync")]
    [InlineData("branch: \"{{ envs.branch }}\"", "", "refs/heads/from-env", true, "this sync watches from-env")]
    [InlineData("branch: refs/heads/dev", "", "refs/heads/dev", true, "this sync watches dev")]
    [InlineData("branch: \"{{ trigger.body.ref }}\"", "", "refs/heads/any/thing", true, "this sync watches every branch")]
    [InlineData("disabled: true", "", "refs/heads/main", false, "this sync watches no branch")]
    [InlineData("", "[release/*, dev]", "refs/heads/release/1", true, "this sync watches release/*, dev")]
    [InlineData("", "[release/*]", "refs/heads/release/1/2", false, "this sync watches release/*")]
    [InlineData("", "release/**", "refs/heads/release/1/2", true, "this sync watches release/**")]
    [InlineData("", "[dev]", "refs/heads/main", false, "this sync watches dev")]
    public void A_push_concerns_a_sync_by_its_branch(string task, string branches, string fullRef, bool matches, string reason) =>
        Assert.Equal((matches, reason), WatchedRefs.Matches(Load.Good(Load.Sync(task, branches.Length > 0 ? $"x-kestra-github: {{branches: {branches}}}" : "")), fullRef));

    [Fact]
    public void A_task_that_names_no_branch_may_read_any() =>
        Assert.True(WatchedRefs.Matches(Load.Good(Load.Sync().Replace("tasks:", "tasks:\n  - {id: c, type: io.kestra.plugin.git.Clone, url: https://h/r}", StringComparison.Ordinal)), "refs/heads/x").Matches);

    [Theory]
    [InlineData("", "any", true)]
    [InlineData("flows/**", "flows/a/b.yml", true)]
    [InlineData("/flows/**", "flows/b.yml", true)]
    [InlineData("flows/", "flows/a/b.yml", true)]
    [InlineData("flows/*", "flows/a/b.yml", false)]
    [InlineData("flows", "flows/a", false)]
    [InlineData("**/*.yml", "a.yml", true)]
    [InlineData("**/*.yml", "x/y/a.yml", true)]
    [InlineData("*.yml", "x/a.yml", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("a+(b).yml", "a+(b).yml", true)]
    [InlineData("a**z", "a/b/z", true)]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Paths_are_matched_by_globs(string glob, string path, bool matches) =>
        Assert.Equal(matches, PathFilter.Matches(glob.Length == 0 ? [] : ["nothing", glob], ["other", path]));
}

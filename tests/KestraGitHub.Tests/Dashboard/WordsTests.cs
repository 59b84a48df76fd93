using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Dashboard;

public sealed class WordsTests
{
    [Theory]
    [InlineData("https://bea:pw@github.com/acme/flows.git?x=pw", "github.com/acme/flows")]
    [InlineData("git@github.com:acme/flows.git", "git@github.com:acme/flows")]
    [InlineData("ssh://git:pw@host:22/acme/flows.git", "ssh://host:22/acme/flows")]
    [InlineData("{{ vars.base }}/flows", "{{ vars.base }}/flows")]
    public void A_repository_is_named_without_credentials(string url, string shown) => Assert.Equal(shown, Brief.Repository(url));

    [Fact]
    public void What_would_turn_the_direction_of_writing_is_made_visible() =>
        Assert.Equal("admin\\u202e\\u001b[31mtxt\n\tx", Shown.Text("admin\u202e\u001b[31mtxt\n\tx"));

    [Fact]
    public void Addresses_are_escaped_by_part() =>
        Assert.Equal("/syncs/main/a%2Fb/%22%3E%3Cscript%3E", Links.Sync(new SyncKey("main", "a/b", "\"><script>")));

    [Theory]
    [InlineData("9f31c2a4d1e58b7f60aa21c3d4e5f60718293a4b", "9f31c2a")]
    [InlineData("feature/long-branch", "feature/long-branch")]
    public void Commits_are_short_and_branches_whole(string revision, string shown) => Assert.Equal(shown, Brief.Commit(revision));

    [Fact]
    public void Counts_begin_with_what_matters_most() =>
        Assert.Equal("1 failed, 2 deleted, 3 unchanged", RunWords.Counts(new(Unchanged: 3, Deleted: 2, Failed: 1)));
}

using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class BranchRefTests
{
    [Theory]
    [InlineData("refs/heads/main")]
    [InlineData("refs/heads/feature/a-b_c.d")]
    [InlineData("refs/heads/déploiement-🚀")]
    [InlineData("refs/heads/main@2")]
    public void A_branch_is_one(string name) => Assert.True(BranchRef.IsBranch(name));

    [Theory]
    [InlineData("")]
    [InlineData("main")]
    [InlineData("refs/heads/")]
    [InlineData("refs/tags/v1")]
    [InlineData("REFS/HEADS/main")]
    [InlineData("refs/heads/../../x")]
    [InlineData("refs/heads/a/../b")]
    [InlineData("refs/heads/-oProxyCommand=touch")]
    [InlineData("refs/heads/a b")]
    [InlineData("refs/heads/a\nb")]
    [InlineData("refs/heads/a\u0000")]
    [InlineData("refs/heads/a~1")]
    [InlineData("refs/heads/a^")]
    [InlineData("refs/heads/a:b")]
    [InlineData("refs/heads/*")]
    [InlineData("refs/heads/a?")]
    [InlineData("refs/heads/[a")]
    [InlineData("refs/heads/a\\b")]
    [InlineData("refs/heads//a")]
    [InlineData("refs/heads/a/")]
    [InlineData("refs/heads/.a")]
    [InlineData("refs/heads/a/.b")]
    [InlineData("refs/heads/a.lock")]
    [InlineData("refs/heads/a.")]
    [InlineData("refs/heads/a@{1}")]
    [InlineData("refs/heads/@")]
    public void What_git_would_not_name_a_branch_is_none(string name) => Assert.False(BranchRef.IsBranch(name));

    [Fact]
    public void A_name_has_its_length() => Assert.False(BranchRef.IsBranch("refs/heads/" + new string('a', 2000)));
}

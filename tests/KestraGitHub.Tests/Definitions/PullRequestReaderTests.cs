using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public sealed class PullRequestReaderTests
{
    [Fact]
    public void Without_the_key_pull_requests_are_left_alone()
    {
        Assert.Null(Load.Good(Load.Sync()).Options.PullRequests);
        Assert.Null(Load.Good(With("false")).Options.PullRequests);
    }

    [Theory]
    [InlineData("true", false, true)]
    [InlineData("{}", false, true)]
    [InlineData("{forks: true}", true, true)]
    [InlineData("{comment: false}", false, false)]
    public void The_policy_is_true_or_a_map(string value, bool forks, bool comment) =>
        Assert.Equal(new PullRequestRules(forks, comment), Load.Good(With(value)).Options.PullRequests);

    [Theory]
    [InlineData("sometimes", "neither true nor false nor a map")]
    [InlineData("[true]", "neither true nor false nor a map")]
    [InlineData("{forks: perhaps}", "neither true nor false")]
    [InlineData("{fork: true}", "`fork` is no property")]
    public void What_is_wrong_with_it_is_said(string value, string words) => Assert.Contains(words, Load.Fault(With(value)).ToString(), StringComparison.Ordinal);

    private static string With(string value) => Load.Sync(flow: $"x-kestra-github:\n  pullRequests: {value}\n");
}

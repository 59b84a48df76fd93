using KestraGitHub.Definitions;
using KestraGitHub.Runs;

namespace KestraGitHub.Tests.Runs;

public sealed class RetryDelayTests
{
    private static readonly RunOptions Many = new() { MaxAttempts = 100 };

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 32)]
    [InlineData(40, 300)]
    public void Retries_wait_longer_each_time_up_to_a_limit(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), After(attempt));

    [Fact]
    public void Retries_spread_and_obey_what_was_asked()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), After(1, chance: 1));
        Assert.Equal(TimeSpan.FromMinutes(7), After(1, asked: TimeSpan.FromMinutes(7)));
    }

    [Fact]
    public void The_last_attempt_has_no_successor()
    {
        Assert.NotNull(RetryDelay.After(5, null, TimeSpan.Zero, null, new RunOptions(), 0));
        Assert.Null(RetryDelay.After(6, null, TimeSpan.Zero, null, new RunOptions(), 0));
        Assert.Null(RetryDelay.After(6, null, TimeSpan.Zero, TimeSpan.FromHours(1), new RunOptions(), 0));
    }

    [Fact]
    public void A_tasks_own_retry_wins()
    {
        var policy = new RetryPolicy(3, TimeSpan.FromSeconds(10), 2, TimeSpan.FromSeconds(15), null);
        Assert.Equal(TimeSpan.FromSeconds(10), After(1, policy));
        Assert.Equal(TimeSpan.FromSeconds(15), After(2, policy));
        Assert.Null(After(3, policy));
    }

    [Fact]
    public void A_tasks_own_retry_ends_with_its_time()
    {
        var policy = new RetryPolicy(null, TimeSpan.FromSeconds(10), 1, null, TimeSpan.FromMinutes(1));
        Assert.NotNull(After(4, policy, since: TimeSpan.FromSeconds(45)));
        Assert.Null(After(5, policy, since: TimeSpan.FromSeconds(55)));
    }

    private static TimeSpan? After(int attempt, RetryPolicy? policy = null, TimeSpan since = default, TimeSpan? asked = null, double chance = 0) =>
        RetryDelay.After(attempt, policy, since, asked, Many, chance);
}

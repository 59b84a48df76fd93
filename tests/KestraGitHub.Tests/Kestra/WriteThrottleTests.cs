using KestraGitHub.Kestra;

namespace KestraGitHub.Tests.Kestra;

public sealed class WriteThrottleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly WriteThrottle _throttle = new(4, TimeProvider.System);

    [Fact]
    public void Writes_that_stand_in_a_queue_become_fewer_down_to_two_and_more_again_when_it_is_gone()
    {
        Assert.Equal(4, _throttle.Limit);
        Assert.Equal([3, 2, 2, 2], Feed(40, 38, 36, 36));
        Assert.Equal([2], Feed(25));
        Assert.Equal([3, 4, 4], Feed(12, 12, 12));
    }

    [Fact]
    public void A_server_that_answers_twice_as_slowly_all_at_once_gets_one_at_a_time()
    {
        Feed(15, 15);
        Assert.Equal([2, 1, 1], Feed(200, 200, 200));
        Assert.Equal([2, 3, 4], Feed(15, 15, 15));
    }

    [Fact]
    public void A_server_that_grows_is_not_taken_for_one_that_is_overloaded()
    {
        for (var took = 10.0; took < 400; took *= 1.04) Feed(took);
        Assert.Equal(2, _throttle.Limit);
    }

    [Fact]
    public void Below_20_ms_a_doubling_is_noise() => Assert.Equal([4, 4, 4, 4], Feed(3, 18, 3, 18));

    [Fact]
    public async Task Who_came_first_goes_first_and_who_gives_up_takes_no_turn()
    {
        var turns = new List<WriteThrottle.Turn>();
        for (var i = 0; i < 4; i++) turns.Add(await _throttle.EnterAsync(default));
        using var impatient = new CancellationTokenSource();
        var (gone, first, second) = (_throttle.EnterAsync(impatient.Token), _throttle.EnterAsync(default), _throttle.EnterAsync(default));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        turns[0].Dispose();
        turns[0].Dispose();
        using var held = await first.WaitAsync(Patience);
        Assert.False(second.IsCompleted);
        turns[1].Dispose();
        using var next = await second.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_write_that_was_too_much_goes_again_when_the_server_said_and_the_others_wait_for_it_too()
    {
        using var turn = await _throttle.EnterAsync(default);
        var tries = new List<DateTimeOffset>();
        var writing = turn.WriteAsync(
            () =>
            {
                tries.Add(DateTimeOffset.UtcNow);
                return tries.Count == 1 ? throw TooMuch(429, 1) : Task.FromResult(true);
            },
            default);
        turn.Dispose();
        Assert.Equal(1, _throttle.Limit);
        using var other = await _throttle.EnterAsync(default);
        Assert.True(DateTimeOffset.UtcNow - tries[0] >= TimeSpan.FromSeconds(1));
        Assert.True(await writing.WaitAsync(Patience));
        Assert.True(tries[1] - tries[0] >= TimeSpan.FromSeconds(1));
        Assert.Equal([2, 3, 4], Feed(10, 10, 10));
    }

    [Theory]
    [InlineData(503, 0, 1)]
    [InlineData(429, 3600, 1)]
    [InlineData(429, 0, 6)]
    public async Task What_may_have_been_done_or_would_take_too_long_is_for_the_run_to_try_again(int status, int after, int tries)
    {
        using var turn = await _throttle.EnterAsync(default);
        var tried = 0;
        var error = await Assert.ThrowsAsync<KestraException>(() => turn.WriteAsync<bool>(
            () =>
            {
                tried++;
                throw TooMuch(status, after);
            },
            default));
        Assert.Equal((status, tries), (error.Status, tried));
    }

    private static KestraException TooMuch(int status, int after) => new(
        status == 429 ? KestraFailureKind.RateLimited : KestraFailureKind.Unavailable, "POST", "/flows", status, "too much", TimeSpan.FromSeconds(after));

    /// <summary>A window of answers for each time given; the limits after each.</summary>
    private List<int> Feed(params double[] milliseconds)
    {
        var limits = new List<int>();
        foreach (var took in milliseconds)
        {
            for (var i = 0; i < 8; i++) _throttle.Answered(TimeSpan.FromMilliseconds(took));
            limits.Add(_throttle.Limit);
        }

        return limits;
    }
}

using KestraGitHub.Dashboard;
using KestraGitHub.Tests.Storage;

namespace KestraGitHub.Tests.Dashboard;

public class RunWatchTests : StorageTest
{
    [Fact]
    public async Task Readers_of_one_run_share_a_look_and_all_of_them_get_every_line()
    {
        var run = await Runs.EnqueueAsync(Request(), merge: true, None);
        await Runs.AppendAsync(run.Id, [new(1, Clock.Now, "info", "received", "one")], None);
        var time = new Stopwatch();
        var watch = new RunWatch(Runs, time);
        using var first = watch.Follow(run.Id);
        var look = await first.LookAsync(None);
        await Runs.AppendAsync(run.Id, [new(2, Clock.Now, "info", "", "two")], None);
        using var second = watch.Follow(run.Id);
        Assert.Same(look, await second.LookAsync(None));

        time.Shown += TimeSpan.FromSeconds(1);
        Assert.Equal(["one", "two"], (await second.LookAsync(None))!.Lines.Select(l => l.Message));
        Assert.Same(await second.LookAsync(None), await first.LookAsync(None));
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_run_that_nobody_follows()
    {
        var run = await Runs.EnqueueAsync(Request(), merge: true, None);
        var watch = new RunWatch(Runs, Clock);
        var reader = watch.Follow(run.Id);
        var look = await reader.LookAsync(None);
        reader.Dispose();
        reader.Dispose();
        using var next = watch.Follow(run.Id);
        Assert.NotSame(look, await next.LookAsync(None));
    }

    [Fact]
    public async Task A_run_that_is_not_kept_is_null()
    {
        using var reader = new RunWatch(Runs, Clock).Follow(new string('a', 32));
        Assert.Null(await reader.LookAsync(None));
    }

    private sealed class Stopwatch : TimeProvider
    {
        public TimeSpan Shown { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Shown.Ticks;
    }
}

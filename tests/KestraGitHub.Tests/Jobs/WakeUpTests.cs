using System.Collections.Concurrent;
using KestraGitHub.Definitions;
using KestraGitHub.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace KestraGitHub.Tests.Jobs;

/// <summary>The real scheduler with a job that only counts.</summary>
public sealed class WakeUpTests : IAsyncLifetime
{
    private readonly Book _book = new();
    private ServiceProvider _services = null!;
    private IScheduler _quartz = null!;
    private QuartzJobScheduler _scheduler = null!;

    // A minute, by itself.
    private static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(2);

    public async Task InitializeAsync()
    {
        _services = new ServiceCollection().AddLogging().AddSingleton(_book).AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore(store => store.MisfireThreshold = LateAfter);
            quartz.UseDefaultThreadPool(4);
            quartz.UseExecutionLimits(limits => limits.ForGroup(WakeJob.Group, 2));
        }).BuildServiceProvider();
        var factory = _services.GetRequiredService<ISchedulerFactory>();
        _quartz = await factory.GetScheduler();
        await _quartz.AddJob(JobBuilder.Create<CountingJob>().WithIdentity(WakeJob.Key).StoreDurably().Build(), AddJobOptions.Replacing);
        await _quartz.Start();
        _book.Scheduler = _scheduler = new QuartzJobScheduler(factory, _services, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _quartz.Shutdown(waitForJobsToComplete: true);
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Every_wake_up_is_followed_by_a_look_even_while_one_goes_on()
    {
        var syncs = Enumerable.Range(0, 8).Select(i => new SyncKey("main", "n", $"s{i}")).ToList();
        await Task.WhenAll(syncs.Select(async sync =>
        {
            for (var i = 1; i <= 150; i++)
            {
                _book.Wanted[sync] = i;
                await _scheduler.WakeAsync(sync, TimeSpan.FromMilliseconds(i % 3), default);
                if (i % 5 == 0) await Task.Delay(3);
            }
        }));

        for (var i = 0; i < 200 && !syncs.TrueForAll(s => _book.Seen.GetValueOrDefault(s) == 150); i++) await Task.Delay(50);
        Assert.All(syncs, s => Assert.Equal(150, _book.Seen.GetValueOrDefault(s)));
    }

    [Fact]
    public async Task An_earlier_wake_up_takes_the_place_of_a_later_one_and_not_the_other_way_round()
    {
        var sync = new SyncKey("main", "n", "early");
        _book.Wanted[sync] = 1;
        await _scheduler.WakeAsync(sync, TimeSpan.FromHours(1), default);
        await _scheduler.WakeAsync(sync, TimeSpan.FromMilliseconds(200), default);
        await _scheduler.WakeAsync(sync, TimeSpan.FromHours(2), default);
        for (var i = 0; i < 100 && !_book.Seen.ContainsKey(sync); i++) await Task.Delay(50);
        Assert.Equal(1, _book.Seen.GetValueOrDefault(sync));
    }

    [Fact]
    public async Task A_look_can_ask_for_the_next_one_while_it_goes_on()
    {
        var sync = new SyncKey("main", "n", "again");
        _book.Again[sync] = 5;
        _book.Wanted[sync] = 1;
        await _scheduler.WakeAsync(sync, TimeSpan.Zero, default);
        for (var i = 0; i < 100 && _book.Again[sync] > 0; i++) await Task.Delay(50);
        Assert.Equal(0, _book.Again[sync]);
    }

    [Fact]
    public async Task Whoever_has_waited_too_long_for_Quartz_is_not_passed_by_who_came_later()
    {
        var gate = new TaskCompletionSource();
        _book.Gate = gate.Task;
        string[] held = ["long-1", "long-2"], old = ["o1", "o2", "o3", "o4"], young = ["a1", "a2", "a3", "a4"];
        foreach (var name in held) await WakeAsync(name, TimeSpan.Zero);
        for (var i = 0; i < 1200 && _book.Order.Count < 2; i++) await Task.Delay(50);

        // Both slots are held.
        foreach (var name in old) await WakeAsync(name, TimeSpan.Zero);
        await Task.Delay(LateAfter * 2);
        foreach (var name in young) await WakeAsync(name, LateAfter / -2);
        gate.SetResult();
        for (var i = 0; i < 1200 && _book.Order.Count < 10; i++) await Task.Delay(50);

        // The fourth may change places with the fifth: two go on at once.
        Assert.Equal(10, _book.Order.Count);
        Assert.Equal(held.Order(), _book.Order.Take(2).Order());
        Assert.Subset(old.ToHashSet(), _book.Order.Skip(2).Take(3).ToHashSet());
    }

    private ValueTask WakeAsync(string name, TimeSpan delay)
    {
        var sync = new SyncKey("main", "n", name);
        _book.Wanted[sync] = 1;
        return _scheduler.WakeAsync(sync, delay, default);
    }

    private sealed class Book
    {
        /// <summary>In which order syncs were looked at.</summary>
        public ConcurrentQueue<string> Order { get; } = [];

        /// <summary>No look ends before it.</summary>
        public Task Gate { get; set; } = Task.CompletedTask;

        public ConcurrentDictionary<SyncKey, int> Wanted { get; } = new();

        public ConcurrentDictionary<SyncKey, int> Seen { get; } = new();

        public ConcurrentDictionary<SyncKey, int> Again { get; } = new();

        public QuartzJobScheduler Scheduler { get; set; } = null!;
    }

    private sealed class CountingJob(Book book) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            var sync = SyncJobData.SyncOf(context.MergedJobDataMap);
            var wanted = book.Wanted[sync];
            book.Seen.AddOrUpdate(sync, wanted, (_, seen) => Math.Max(seen, wanted));
            book.Order.Enqueue(sync.Flow);
            await book.Gate;
            await Task.Delay(5, CancellationToken.None);
            if (book.Again.GetValueOrDefault(sync) <= 0) return;
            book.Again[sync]--;
            await book.Scheduler.WakeAsync(sync, TimeSpan.FromMilliseconds(10), CancellationToken.None);
        }
    }
}

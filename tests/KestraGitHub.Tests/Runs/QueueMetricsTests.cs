using KestraGitHub.Api;
using KestraGitHub.Runs;
using KestraGitHub.Tests.Storage;

namespace KestraGitHub.Tests.Runs;

/// <summary>The queue's numbers, read the way <c>/metrics</c> reads them.</summary>
public sealed class QueueMetricsTests : StorageTest
{
    private readonly MetricsBook _book = new();

    [Fact]
    public async Task The_queue_is_told_by_state_with_the_age_of_its_oldest_due_run()
    {
        using var metrics = await StartAsync();
        await Runs.EnqueueAsync(Request(), merge: false, None);
        await Runs.EnqueueAsync(Request(), merge: false, None);
        await ClaimAsync();
        Clock.Advance(TimeSpan.FromSeconds(90));
        var retried = await Runs.EnqueueAsync(Request(sync: Sync with { Flow = "retried" }), merge: false, None);
        var claimed = await ClaimAsync(retried.Sync);
        await Runs.RetryAsync(claimed.Lease, TimeSpan.FromHours(1), "retry", "not now", None);
        await RunOnceAsync(Request(sync: Sync with { Flow = "ended" }));

        var text = _book.Write();

        Assert.Contains("kestra_github_runs{state=\"queued\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kestra_github_runs{state=\"waiting\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kestra_github_runs{state=\"running\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kestra_github_runs_due 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kestra_github_oldest_due_run_age_seconds 91\n", text, StringComparison.Ordinal);
        Assert.Matches("kestra_github_commit_group_size_count [1-9]", text);
    }

    [Fact]
    public async Task An_empty_queue_has_no_age()
    {
        using var metrics = await StartAsync();

        var text = _book.Write();

        Assert.Contains("kestra_github_runs_due 0\n", text, StringComparison.Ordinal);
        Assert.Contains("kestra_github_oldest_due_run_age_seconds 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_database_is_away_its_numbers_are_left_out_and_the_others_are_there()
    {
        using var metrics = await StartAsync();
        await Database.DisposeAsync();

        var text = _book.Write();

        Assert.DoesNotContain("kestra_github_runs", text, StringComparison.Ordinal);
        Assert.DoesNotContain("kestra_github_oldest", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc_", text, StringComparison.Ordinal);
    }

    private async Task<QueueMetrics> StartAsync()
    {
        await _book.StartAsync(None);
        return new QueueMetrics(Runs, Clock);
    }
}

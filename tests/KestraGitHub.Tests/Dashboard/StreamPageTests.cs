using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

public sealed partial class PageTests
{
    [Fact]
    public async Task The_stream_brings_what_is_new_and_ends_with_the_run()
    {
        using var client = await SignedInAsync();
        var sync = new SyncKey("main", "company.team", "streamed");
        await _host.Runs.EnqueueAsync(new(sync, new("api"), false, null, TimeSpan.Zero, new Dictionary<string, string>()), false, default);
        var claimed = (await _host.Runs.ClaimAsync(sync, "t", TimeSpan.FromMinutes(1), default))!;
        RunEvent[] first = [new(1, DateTimeOffset.UtcNow, "info", "", "seen already"), new(2, DateTimeOffset.UtcNow, "info", "fetched", "new line")];
        await _host.Runs.AppendAsync(claimed.Run.Id, first, default);
        var reading = client.GetStringAsync(Links.Stream(claimed.Run.Id) + "?after=1");
        await Task.Delay(200);
        await _host.Runs.AppendAsync(claimed.Run.Id, [new(3, DateTimeOffset.UtcNow, "info", "", "the last words")], default);
        await _host.Runs.FinishAsync(claimed.Lease, new(RunState.Succeeded, new(), [], null, null), default);
        var stream = await reading.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain("seen already", stream, StringComparison.Ordinal);
        Assert.True(stream.IndexOf("the last words", StringComparison.Ordinal) < stream.IndexOf("event: end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_stream_ends_when_its_reader_goes()
    {
        using var gone = new CancellationTokenSource();
        var notes = RunStream.Follow(new RunWatch(_host.Runs, TimeProvider.System), _host.RunningId, 0, CancellationToken.None, gone.Token);
        var told = new List<string>();
        await foreach (var note in notes.WithCancellation(default))
        {
            told.Add(note.EventType);
            await gone.CancelAsync();
        }

        // The run goes on: only that nobody reads any more has ended it.
        Assert.NotEmpty(told);
        Assert.DoesNotContain("end", told);
    }
}

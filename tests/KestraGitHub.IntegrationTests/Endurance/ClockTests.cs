namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>The service's clock is set back by an hour: while it runs, and while it is down.</summary>
[Collection("Endurance")]
public sealed class ClockTests : IAsyncLifetime
{
    private readonly string _offset = Path.GetTempFileName();
    private House _house = null!;

    public async Task InitializeAsync()
    {
        SetClock("+0");
        _house = await House.OpenAsync(
            ("Runs__Sweep", "00:00:02"), ("LD_PRELOAD", Library()), ("FAKETIME_TIMESTAMP_FILE", _offset), ("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"));
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        File.Delete(_offset);
    }

    [Fact]
    public async Task What_was_queued_before_is_not_put_off_until_the_clock_comes_round_again()
    {
        _house.Define("back", "PT6S");
        _house.Commit("back", 2, "first");
        await _house.Service.StartAsync();
        var run = await _house.PushAsync("back");
        SetClock("-1h");
        await _house.EndOfAsync(run);
        _house.AssertEqual("back");

        _house.Commit("back", 3, "second");
        run = await _house.PushAsync("back");
        _house.Service.Kill();
        SetClock("-2h");
        await _house.Service.StartAsync();
        await _house.EndOfAsync(run);
        _house.AssertEqual("back");
    }

    // Whole or not at all: the service reads it at each look at the clock.
    private void SetClock(string offset)
    {
        File.WriteAllText(_offset + ".new", offset);
        File.Move(_offset + ".new", _offset, overwrite: true);
    }

    private static string Library() => Directory.GetDirectories("/usr/lib", "faketime", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
        .Select(d => Path.Combine(d, "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("There is no libfaketime here: install Debian's package libfaketime (tests/run.sh does).");
}

using System.Text.Json;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>The net without rights: what no webhook told is found by asking the repository.</summary>
public sealed class PollTests : IAsyncLifetime
{
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync(("GitHub__PollInterval", "PT1S"));

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_push_that_no_delivery_told_of_is_found_once_and_a_sync_that_never_ran_is_left_alone()
    {
        _house.Define("one");
        _house.Define("never", url: $"{_house.Git.Url}/one.git");
        _house.Commit("one", 1, "first");
        await _house.Service.StartAsync();
        await _house.EndOfAsync(await _house.PushAsync("one"));

        var commit = _house.Commit("one", 2, "nobody tells");
        var run = await PolledAsync("one");
        Assert.Equal(("poll", commit), (run.GetProperty("trigger").GetProperty("kind").GetString(), run.GetProperty("revision").GetString()));
        _house.AssertEqual("one");

        // Some more looks: what is known starts nothing.
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.Equal(2, (await RunsAsync("one")).Count);
        Assert.Empty(await RunsAsync("never"));
    }

    [Fact]
    public async Task A_suspended_and_a_disabled_sync_are_left_alone()
    {
        _house.Define("paused");
        _house.Define("off", url: $"{_house.Git.Url}/paused.git");
        _house.Define("watch", url: $"{_house.Git.Url}/paused.git");
        _house.Commit("paused", 1, "first");
        await _house.Service.StartAsync();
        foreach (var sync in (string[])["paused", "off", "watch"]) await _house.EndOfAsync(await _house.PushAsync(sync));
        using var pause = await _house.Service.Http.PostAsync("/api/v1/main/syncs/system/paused/suspend", new StringContent("""{"reason":"a test"}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.True(pause.IsSuccessStatusCode, await pause.Content.ReadAsStringAsync());
        File.AppendAllText(Path.Combine(_house.Service.DefinitionsPath, "off.yml"), "\ndisabled: true\n");
        await Wait.UntilAsync(
            async () => (await _house.GetAsync("/api/v1/main/syncs/system/off")).GetProperty("disabled").GetBoolean(), House.Patience, () => "off is not off");

        _house.Commit("paused", 2, "nobody tells");
        await PolledAsync("watch");
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Single(await RunsAsync("paused"));
        Assert.Single(await RunsAsync("off"));
    }

    private async Task<JsonElement> PolledAsync(string sync)
    {
        await Wait.UntilAsync(async () => (await RunsAsync(sync)).Count == 2, House.Patience, () => $"no look found the push\n{_house.Service.Output}");
        return await _house.EndOfAsync((await RunsAsync(sync))[0].GetProperty("id").GetString()!);
    }

    private Task<List<JsonElement>> RunsAsync(string sync) => _house.AllAsync($"/api/v1/runs?tenant=main&namespace=system&flow={sync}");
}

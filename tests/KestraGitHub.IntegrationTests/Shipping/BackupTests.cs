using KestraGitHub.IntegrationTests.Endurance;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.IntegrationTests.Shipping;

/// <summary>The commands that an operator keeps the database with, beside a service that works.</summary>
[Collection("Endurance")]
public sealed class BackupTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kestra-github-backup-");
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync();

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_backup_under_load_is_there_after_its_restore()
    {
        _house.Define("kept");
        _house.Commit("kept", 2, "first");
        await _house.Service.StartAsync();
        var before = await _house.PushAsync("kept");
        await _house.EndOfAsync(before);

        var backup = Path.Combine(_folder.FullName, "backup.db");
        using var stop = new CancellationTokenSource();
        var load = PushAsync(stop.Token);
        var made = await CommandAsync("backup", backup);
        await stop.CancelAsync();
        await load;
        Assert.True(made.Code == 0, made.ToString());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        Assert.Equal([backup], Directory.GetFiles(_folder.FullName));
        // Until nothing waits any more that this push could join.
        foreach (var run in await _house.AllAsync("/api/v1/runs")) await _house.EndOfAsync(run.GetProperty("id").GetString()!);
        var after = await _house.PushAsync("kept");
        await _house.EndOfAsync(after);

        var busy = await CommandAsync("restore", backup);
        Assert.Equal(2, busy.Code);
        Assert.Contains("is in use by another server", busy.Errors, StringComparison.Ordinal);
        await _house.Service.StopAsync();
        var restored = await CommandAsync("restore", backup);
        Assert.True(restored.Code == 0, restored.ToString());
        var kept = Assert.Single(Directory.GetFiles(_house.Service.DataPath, "*.before-restore-*"));
        Assert.Contains(kept, restored.Output, StringComparison.Ordinal);
        Assert.Equal(1, RunsCalled(kept, after));

        await _house.Service.StartAsync();
        Assert.Equal("succeeded", House.State(await _house.RunAsync(before)));
        Assert.Equal(0, RunsCalled(_house.DatabaseFile, after));
        await _house.EndOfAsync(await _house.PushAsync("kept"));
        _house.AssertEqual("kept");
    }

    [Fact]
    public async Task Migrate_makes_the_schema_and_says_from_where_to_where()
    {
        var first = await CommandAsync("migrate");
        Assert.Equal(0, first.Code);
        Assert.Matches(@"brought from 0 to \d+\.", first.Output);
        var again = await CommandAsync("migrate");
        Assert.Equal(0, again.Code);
        Assert.Matches(@"is at \d+: nothing to do\.", again.Output);
    }

    [Fact]
    public async Task Health_is_told_by_the_exit_code()
    {
        var url = $"--Urls={_house.Service.BaseUrl.GetLeftPart(UriPartial.Authority)}";
        Assert.Equal(1, (await CommandAsync("health", url)).Code);
        await _house.Service.StartAsync();
        var ready = await CommandAsync("health", url);
        Assert.Equal(0, ready.Code);
        Assert.Contains("\"status\":\"ready\"", ready.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await CommandAsync("health", "--url", new Uri(_house.Service.BaseUrl, "/nothing").AbsoluteUri)).Code);
    }

    private Task<CommandResult> CommandAsync(params string[] words) => CommandResult.OfAsync([.. words, $"--Data:Path={_house.Service.DataPath}"]);

    private async Task PushAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await _house.PushAsync("kept");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static long RunsCalled(string database, string id)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM runs WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        return (long)command.ExecuteScalar()!;
    }
}

using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>The database is away, full, taken or too new.</summary>
[Collection("Endurance")]
public sealed class StorageTroubleTests : IAsyncLifetime
{
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync(("Runs__Sweep", "00:00:02"));

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_database_that_is_locked_costs_no_delivery_and_no_run()
    {
        _house.Define("locked");
        _house.Commit("locked", 8, "first");
        _house.SlowWrites(300);
        await _house.Service.StartAsync();
        var run = await _house.PushAsync("locked");
        await Wait.UntilAsync(() => Task.FromResult(_house.Kestra.State.FlowWrites() >= 1), House.Patience, () => _house.Service.Output);

        await using (var connection = new SqliteConnection($"Data Source={_house.DatabaseFile};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var hold = connection.BeginTransaction(deferred: false);
            var guid = Guid.NewGuid().ToString();
            using (var refused = await GitHubHook.PushAsync(_house.Service.Http, House.Hook("locked"), deliveryId: guid)) Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            using (var alive = await _house.Service.Http.GetAsync("/health/live")) Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        // What was written while the database could not note it is not lost: the run ends as one that did it.
        var ended = await _house.EndOfAsync(run);
        Assert.Equal(1, House.Attempt(ended));
        Assert.Equal(8, House.Count(ended, "added"));
        await _house.EndOfAsync(await _house.PushAsync("locked"));
        _house.AssertEqual("locked");
    }

    [Fact]
    public async Task A_full_disk_is_answered_with_503_and_recovers()
    {
        using var limit = await DiskAsync();
        Assert.True(limit is not null, "A small disk could not be mounted: run the tests as root, where mounting is allowed.");
        _house.Define("full");
        _house.Commit("full", 2, "first");
        await _house.Service.StartAsync();
        await _house.EndOfAsync(await _house.PushAsync("full"));

        var filler = Path.Combine(_house.Service.DataPath, "filler");
        await Fill(filler);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 40 && !answers.Contains(HttpStatusCode.ServiceUnavailable); i++)
        {
            using var answer = await GitHubHook.PushAsync(_house.Service.Http, House.Hook("full"));
            answers.Add(answer.StatusCode);
        }

        Assert.Contains(HttpStatusCode.ServiceUnavailable, answers);
        using (var alive = await _house.Service.Http.GetAsync("/health/live")) Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

        File.Delete(filler);
        _house.Commit("full", 3, "second");
        await _house.EndOfAsync(await _house.PushAsync("full"));
        await Wait.UntilAsync(
            async () => (await _house.AllAsync("/api/v1/runs")).TrueForAll(r => House.State(r) == "succeeded"), House.Patience, () => _house.Service.Output);
        _house.AssertEqual("full");
        await _house.Service.StopAsync();
    }

    [Fact]
    public async Task A_full_disk_under_the_mirrors_fails_the_run_with_its_cure_and_recovers()
    {
        using var limit = await SmallDisk.MountAsync(Directory.CreateDirectory(Path.Combine(_house.Service.DataPath, "git")).FullName);
        Assert.True(limit is not null, "A small disk could not be mounted: run the tests as root, where mounting is allowed.");
        _house.Define("wide");
        _house.Commit("wide", 2, "first");
        await _house.Service.StartAsync();
        await _house.EndOfAsync(await _house.PushAsync("wide"));

        var noise = RandomNumberGenerator.GetBytes(24 << 20);
        _house.Commit("wide", 2, "second", new SandboxFile(noise));
        var run = await _house.PushAsync("wide");
        var tried = await _house.WaitForAsync(run, r => r.GetProperty("error").ValueKind != JsonValueKind.Null);
        Assert.Contains("The disk of the data folder is full", tried.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, _house.Kestra.State.FlowWrites());

        _house.Commit("wide", 3, "third");
        await limit.WidenAsync();
        await _house.EndOfAsync(await _house.PushAsync("wide"));
        _house.AssertEqual("wide");
        await _house.Service.StopAsync();
    }

    [Fact]
    public async Task A_second_service_on_one_data_folder_is_refused_in_clear_words()
    {
        await _house.Service.StartAsync();
        var second = new ServiceProcess(Path.GetDirectoryName(_house.Service.DataPath)!, _house.Settings);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(second.StartAsync);
        Assert.Contains("is in use by another server", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refusal.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, await second.WaitForExitAsync());
        using var alive = await _house.Service.Http.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_in_clear_words()
    {
        await _house.Service.StartAsync();
        var folder = Directory.CreateTempSubdirectory("kg-port-").FullName;
        var address = _house.Service.BaseUrl.GetLeftPart(UriPartial.Authority);
        var second = new ServiceProcess(folder, new Dictionary<string, string>(_house.Settings) { ["Kestrel__Endpoints__Http__Url"] = address });
        await Assert.ThrowsAnyAsync<Exception>(second.StartAsync);
        Assert.NotEqual(0, await second.WaitForExitAsync());
        Assert.Contains($"Failed to bind to address {address}: address already in use.", second.Output.Split('\n'));
        Assert.DoesNotContain("crit:", second.Output, StringComparison.Ordinal); // the work that never began did not crash
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_in_clear_words()
    {
        await _house.Service.StartAsync();
        await _house.Service.StopAsync();
        await using (var connection = new SqliteConnection($"Data Source={_house.DatabaseFile};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'later', 0)";
            await command.ExecuteNonQueryAsync();
        }

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(_house.Service.StartAsync);
        Assert.Contains("written by a newer version", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refusal.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, await _house.Service.WaitForExitAsync());
    }

    /// <summary>A small disk of its own for the data; null where this user may not mount one.</summary>
    private async Task<SmallDisk?> DiskAsync() => await SmallDisk.MountAsync(_house.Service.DataPath);

    private static async Task Fill(string file)
    {
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[65536, 4096])
        {
            try
            {
                for (var i = 0; i < 4096; i++) await stream.WriteAsync(new byte[size]);
            }
            catch (IOException)
            {
            }
        }
    }

    private sealed class SmallDisk(string path) : IDisposable
    {
        public static async Task<SmallDisk?> MountAsync(string path)
        {
            if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return null;
            using var mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", path]) { RedirectStandardError = true })!;
            await mount.WaitForExitAsync();
            return mount.ExitCode == 0 ? new SmallDisk(path) : null;
        }

        public async Task WidenAsync()
        {
            using var mount = Process.Start("mount", ["-o", "remount,size=200m", path]);
            await mount.WaitForExitAsync();
            Assert.Equal(0, mount.ExitCode);
        }

        public void Dispose()
        {
            using var unmount = Process.Start("umount", ["--lazy", path]);
            unmount.WaitForExit();
        }
    }
}

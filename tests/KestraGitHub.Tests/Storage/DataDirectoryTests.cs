using System.Diagnostics;
using KestraGitHub.Configuration;
using KestraGitHub.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Tests.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private DataDirectory At(string name) => new(Options.Create(new DataOptions { Path = _folder[name] }));

    [Fact]
    public void The_folder_is_made_for_its_owner_alone()
    {
        using var data = At("deep/data");
        data.Open();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, TempFolder.ModeOf(data.Root));
    }

    [Fact]
    public void A_second_server_on_one_folder_is_refused_with_the_first_ones_process_id()
    {
        using var first = At("data");
        first.Open();
        using var second = At("data");

        var refused = Assert.Throws<StorageRefusedException>(second.Open);
        Assert.Contains(_folder["data"], refused.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Data:Path", refused.Message, StringComparison.Ordinal);

        first.Dispose();
        second.Open();
    }

    [Fact]
    public async Task Another_process_that_holds_the_lock_refuses_us_until_it_is_killed()
    {
        Directory.CreateDirectory(_folder["data"]);
        using var other = Process.Start(new ProcessStartInfo("flock", ["-n", "-o", Path.Combine(_folder["data"], "lock"), "sh", "-c", "echo held; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("held", await other.StandardOutput.ReadLineAsync());
            using var data = At("data");
            Assert.Throws<StorageRefusedException>(data.Open);
        }
        finally
        {
            other.Kill(entireProcessTree: true);
            await other.WaitForExitAsync();
        }

        using var after = At("data");
        after.Open();
    }

    [Fact]
    public async Task Another_process_sees_that_we_hold_the_lock()
    {
        using var data = At("data");
        data.Open();
        using var other = Process.Start("flock", ["-n", Path.Combine(data.Root, "lock"), "true"]);
        await other.WaitForExitAsync();
        Assert.Equal(1, other.ExitCode);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_or_written_is_refused_with_the_reason()
    {
        File.WriteAllText(_folder["file"], "");
        Directory.CreateDirectory(_folder["data/lock"]);
        using var inFile = At("file/data");
        using var blocked = At("data");
        Assert.Contains("cannot be made", Assert.Throws<StorageRefusedException>(inFile.Open).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written", Assert.Throws<StorageRefusedException>(blocked.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_file_is_whole_and_the_owners_alone()
    {
        using var data = At("data");
        data.Open();
        Assert.Null(data.ReadPrivateFile("token"));
        data.WritePrivateFile("token", "one");
        var path = data.WritePrivateFile("token", "two");

        Assert.Equal("two", data.ReadPrivateFile("token"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, TempFolder.ModeOf(path));
        Assert.DoesNotContain(Directory.GetFiles(data.Root), f => Path.GetFileName(f).StartsWith("token.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Host=db;Password=hush;Colour=red", "cannot be read")]
    [InlineData("postgres://u:hush@db:port/x", "cannot be read")]
    [InlineData("postgres://u:hush@/x", "names no host")]
    [InlineData("postgres://u:hush@db/x?sslmode=sometimes", "cannot be read")]
    [InlineData("nonsense hush", "not understood")]
    public void A_connection_string_that_cannot_be_used_is_refused_without_showing_it(string text, string says)
    {
        var failed = Assert.Throws<ConfigurationException>(() => Services(("Storage:ConnectionString", text)).CheckConfiguration());
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_is_refused() =>
        Assert.Throws<ConfigurationException>(() => Services(("Data:Pth", "x")).CheckConfiguration());

    [Theory]
    [InlineData("P90D", 90)]
    [InlineData("30.00:00:00", 30)]
    public void Retention_is_written_either_way(string text, int days) => Assert.Equal(
        TimeSpan.FromDays(days), Services(("Data:Retention", text)).GetRequiredService<IOptions<DataOptions>>().Value.Retention);

    [Fact]
    public void A_retention_that_is_no_duration_is_refused() => Assert.Throws<ConfigurationException>(
        () => Services(("Data:Retention", "soon")).CheckConfiguration());

    [Fact]
    public void Making_the_services_touches_no_disk()
    {
        using var services = Services(("Data:Path", _folder["none"]));
        services.GetRequiredService<RunStore>();
        Assert.False(Directory.Exists(_folder["none"]));
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection().AddLogging().AddStorage(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build())
        .BuildServiceProvider();
}

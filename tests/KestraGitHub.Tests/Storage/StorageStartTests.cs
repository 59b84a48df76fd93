using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Tests.Storage;

public sealed class StorageStartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private WebApplication Make(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        (string Key, string Value)[] places = [("Data:Path", _folder["data"]), ("Definitions:Path", _folder["definitions"])];
        foreach (var (key, value) in places.Concat(settings))
            builder.Configuration.AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]);
        builder.Services.AddSingleton<Func<IReadOnlyList<(string File, byte[] Content)>, DefinitionCatalog, DefinitionCatalog>>(
            (files, _) => new DefinitionCatalog([.. files.Select(f => new CatalogEntry(f.File, null, null, []))]));
        builder.Services.AddStorage(builder.Configuration);
        return builder.Build();
    }

    [Fact]
    public async Task A_host_that_started_has_its_database_and_its_definitions()
    {
        Directory.CreateDirectory(_folder["definitions"]);
        await File.WriteAllTextAsync(_folder["definitions/a.yml"], "id: a");
        await using var app = Make();
        Assert.False(Directory.Exists(_folder["data"]));
        await app.StartAsync();

        Assert.Single(app.Services.GetRequiredService<DefinitionFolder>().Catalog.Entries);
        Assert.Empty(await app.Services.GetRequiredService<RunStore>().DueAsync(CancellationToken.None));
        await app.StopAsync();
    }

    [Fact]
    public async Task A_second_host_on_one_data_folder_does_not_start_and_the_first_goes_on()
    {
        await using var first = Make();
        await first.StartAsync();
        await using (var second = Make()) await Assert.ThrowsAsync<StorageRefusedException>(() => second.StartAsync());

        await first.Services.GetRequiredService<ScheduleStore>().BeginAsync(new SyncKey("t", "n", "f"), "x", DateTimeOffset.UnixEpoch, CancellationToken.None);
        await first.StopAsync();
        await first.DisposeAsync();
        await using var third = Make();
        await third.StartAsync();
        await third.StopAsync();
    }

    [Theory]
    [InlineData("Storage:ConnectionString", "Host=")]
    [InlineData("Data:Retention", "soon")]
    [InlineData("Definitions:Path", "")]
    public async Task Options_that_cannot_work_stop_the_start(string key, string value)
    {
        await using var app = Make((key, value));
        await Assert.ThrowsAsync<ConfigurationException>(() => app.StartAsync());
        Assert.False(Directory.Exists(_folder["data"]));
    }
}

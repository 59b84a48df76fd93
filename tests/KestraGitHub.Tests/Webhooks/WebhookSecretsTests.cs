using System.Text;
using KestraGitHub.Configuration;
using KestraGitHub.Storage;
using KestraGitHub.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Tests.Webhooks;

public sealed class WebhookSecretsTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"kg-{Guid.NewGuid():N}");

    private string File => Path.Combine(_folder, "webhook-secret");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Without_a_secret_one_is_made_that_only_its_owner_reads_and_that_stays()
    {
        var first = await StartAsync(new WebhookOptions());
        var again = await StartAsync(new WebhookOptions());

        Assert.Equal(64, first.Single().Length);
        Assert.Equal(first, again);
        Assert.Equal(first.Single(), (await System.IO.File.ReadAllTextAsync(File)).Trim());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Storage.TempFolder.ModeOf(File));
        Assert.Equal([File], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_configured_secret_needs_no_file()
    {
        Assert.Equal(["new", "old"], await StartAsync(new WebhookOptions { Secrets = ["new", "old"] }));
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public async Task Where_unsigned_calls_are_allowed_none_is_made_but_a_known_one_is_used()
    {
        Assert.Empty(await StartAsync(new WebhookOptions { AllowUnsigned = true }));
        Assert.False(Directory.Exists(_folder));

        Directory.CreateDirectory(_folder);
        await System.IO.File.WriteAllTextAsync(File, "known\r\n");
        Assert.Equal(["known"], await StartAsync(new WebhookOptions { AllowUnsigned = true }));
    }

    [Fact]
    public async Task An_empty_file_is_no_secret()
    {
        Directory.CreateDirectory(_folder);
        await System.IO.File.WriteAllTextAsync(File, " \n");

        await Assert.ThrowsAsync<StorageRefusedException>(() => StartAsync(new WebhookOptions()));
    }

    [Fact]
    public async Task A_definitions_own_secrets_replace_the_services()
    {
        var secrets = Secrets(new WebhookOptions { Secrets = ["service"] });
        await secrets.StartAsync(default);

        Assert.Equal(["own"], secrets.For(Some.Definition(secrets: ["own"])).Select(Encoding.UTF8.GetString));
    }

    [Theory]
    [InlineData("Webhooks:Secrets:0", "", "Webhooks:Secrets:0 is empty")]
    [InlineData("Webhooks:Secrets:0", "  ", "Webhooks:Secrets:0 is empty")]
    [InlineData("Webhooks:MaxBodyBytes", "0", "Webhooks:MaxBodyBytes")]
    [InlineData("Webhooks:MaxBytesInFlight", "52428799", "Webhooks:MaxBytesInFlight must be at least 1048576, and 2 times")]
    [InlineData("Webhooks:MaxBodyBytes", "67108865", "Webhooks:MaxBytesInFlight")]
    [InlineData("Webhooks:BodyTimeout", "30", "Webhooks:BodyTimeout")]
    [InlineData("Webhooks:BodyTimeout", "-PT1S", "Webhooks:BodyTimeout")]
    [InlineData("Webhooks:BodyTimeout", "P100Y", "Webhooks:BodyTimeout")]
    [InlineData("Webhooks:Secret", "x", "Secret")]
    [InlineData("Webhooks:AllowUnsigned", "perhaps", "AllowUnsigned")]
    public void A_wrong_setting_is_named(string key, string value, string fault)
    {
        var error = Assert.ThrowsAny<Exception>(() => Options(key, value));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_read_and_have_their_defaults()
    {
        var options = Options("Webhooks:Secrets:0", "x");

        Assert.Equal(["x"], options.Secrets);
        Assert.Equal(134217728, options.MaxBytesInFlight);
        Assert.Equal((26214400, TimeSpan.FromSeconds(30), false, false), (options.MaxBodyBytes, options.BodyTimeout, options.AllowUnsigned, options.KeepBodies));
    }

    private static WebhookOptions Options(string key, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();
        using var provider = new ServiceCollection().AddWebhooks(configuration).BuildServiceProvider();
        provider.CheckConfiguration();
        return provider.GetRequiredService<IOptions<WebhookOptions>>().Value;
    }

    private WebhookSecrets Secrets(WebhookOptions options) =>
        new(Microsoft.Extensions.Options.Options.Create(options), new KeptFiles(Data(), new Database(new SqliteDialect(Path.Combine(_folder, "unused.db")), TimeProvider.System), TimeProvider.System), NullLogger<WebhookSecrets>.Instance);

    private DataDirectory Data() => new(Microsoft.Extensions.Options.Options.Create(new DataOptions { Path = _folder }));

    private async Task<string[]> StartAsync(WebhookOptions options)
    {
        var secrets = Secrets(options);
        await secrets.StartAsync(default);
        return [.. secrets.For(Some.Definition()).Select(Encoding.UTF8.GetString)];
    }
}

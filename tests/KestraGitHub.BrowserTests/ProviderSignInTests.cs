using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.OpenId;
using Microsoft.Playwright;

namespace KestraGitHub.BrowserTests;

/// <summary>Somebody follows a link, is sent to the provider, says there who he is, and comes back: the real service, talking as much as it can.</summary>
public sealed class ProviderSignInTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kestra-github-provider-");
    private OpenIdStandIn _provider = null!;
    private ServiceProcess _service = null!;
    private Chromium _chromium = null!;

    public async Task InitializeAsync()
    {
        _provider = await OpenIdStandIn.StartAsync(new OpenIdUser("17", "zoe", "zoe@example.org", "platform"), new OpenIdUser("18", "ann", null, "others"));
        _service = new ServiceProcess(_folder.FullName, new()
        {
            ["Http__SignIn__OpenId__Authority"] = _provider.Authority, ["Http__SignIn__OpenId__ClientId"] = OpenIdStandIn.ClientId,
            ["Http__SignIn__OpenId__ClientSecret"] = OpenIdStandIn.ClientSecret, ["Http__SignIn__OpenId__Label"] = "The Works",
            ["Http__SignIn__Groups__0__Name"] = "platform", ["Http__SignIn__Groups__0__Role"] = "admin",
            ["Logging__Console__LogLevel__Default"] = "Trace",
        });
        await _service.StartAsync();
        _provider.Callbacks = [new Uri(_service.BaseUrl, "/sign-in/callback").ToString()];
        _chromium = await Chromium.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await _service.DisposeAsync();
        await _provider.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_leads_by_way_of_the_provider_to_what_it_names(bool scripts)
    {
        var page = await _chromium.OpenAsync(_service.BaseUrl, 390, scripts);
        await page.GotoAsync("/runs?state=failed");
        await Assertions.Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
        if (scripts) Assert.Empty(await Axe.FindAsync(page, await Axe.ScriptAsync()));
        await EnterAsync(page, "zoe");
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(_service.BaseUrl, "/runs?state=failed").ToString());
        await Assertions.Expect(page.GetByText("zoe · admin")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await EnterAsync(page, "ann");
        await Assertions.Expect(page.GetByText("none of the groups that may look here")).ToBeVisibleAsync();
        if (scripts) Assert.Empty(await Axe.FindAsync(page, await Axe.ScriptAsync()));

        Assert.Empty(_provider.Faults);
        Assert.Contains(_provider.Secrets, s => s.Contains('.', StringComparison.Ordinal));
        Assert.DoesNotContain(_provider.Secrets, s => _service.Output.Contains(s, StringComparison.Ordinal));
    }

    private static async Task EnterAsync(IPage page, string user)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with The Works" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = user }).ClickAsync();
    }
}

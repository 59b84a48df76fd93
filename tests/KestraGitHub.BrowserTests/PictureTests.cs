using KestraGitHub.Tests.Dashboard;
using Microsoft.Playwright;

namespace KestraGitHub.BrowserTests;

/// <summary>Pictures for people to look at: set PICTURES to a folder.</summary>
public sealed class PictureTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("PICTURES");

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Every_page_can_be_pictured(int width, ColorScheme scheme)
    {
        if (Folder is null) return;
        var (page, _) = await browser.OpenAsync(width, scheme: scheme);
        foreach (var (name, path) in await Addresses.AllAsync(browser.Host))
        {
            await page.GotoAsync(path);
            await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}-{scheme}.png"), FullPage = true });
        }

        await page.Context.ClearCookiesAsync();
        await page.GotoAsync("/sign-in");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"sign-in-{width}-{scheme}.png") });
    }
}

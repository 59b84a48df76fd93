using Microsoft.Playwright;

namespace KestraGitHub.BrowserTests;

public sealed class FirstDayTests(EmptyBrowser browser) : IClassFixture<EmptyBrowser>
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("PICTURES");

    [Theory]
    [InlineData(1280, "/", "No syncs yet")]
    [InlineData(390, "/", "No syncs yet")]
    [InlineData(390, "/runs", "Nothing has run yet.")]
    [InlineData(390, "/deliveries", "Nothing has come yet.")]
    public async Task A_page_with_nothing_on_it_says_the_next_step(int width, string path, string words)
    {
        var (page, complaints) = await browser.OpenAsync(width);
        await page.GotoAsync(path);
        await Assertions.Expect(page.GetByText(words)).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
        if (path == "/") await Assertions.Expect(page.GetByText(browser.Host.Definitions)).ToBeVisibleAsync();
        if (Folder is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"empty{path.Replace('/', '-')}-{width}.png") });
        Assert.Empty(complaints);
    }
}

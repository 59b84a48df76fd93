using System.Globalization;
using Microsoft.Playwright;

namespace KestraGitHub.Pictures;

/// <summary>Debian's Chromium, which takes the pictures: <c>page-width-theme.png</c>.</summary>
internal static class Camera
{
    private static readonly int[] Widths = [390, 1024, 1600];

    /// <param name="door">What the picture of the sign-in is called.</param>
    public static async Task TakeAsync(Uri address, IReadOnlyList<(string Name, string Path)> pages, string folder, string door = "sign-in")
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        foreach (var theme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            foreach (var width in Widths)
            {
                var context = await browser.NewContextAsync(new() { BaseURL = address.ToString(), ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = theme });
                var page = await context.NewPageAsync();
                await page.GotoAsync("/sign-in");
                await PictureAsync(page, folder, door, width, theme);
                await page.GetByLabel("Token").FillAsync(House.Token);
                await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
                foreach (var (name, path) in pages)
                {
                    await page.GotoAsync(path);
                    await PictureAsync(page, folder, name, width, theme);
                }

                await context.CloseAsync();
            }
        }
    }

    private static async Task PictureAsync(IPage page, string folder, string name, int width, ColorScheme theme)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"{name}-{width}-{(theme == ColorScheme.Dark ? "dark" : "light")}.png");
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, file), FullPage = true });
        if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth")) Console.WriteLine($"{file}: scrolls sideways");
    }
}

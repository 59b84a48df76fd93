using KestraGitHub.Reconciliation;
using KestraGitHub.Tests.Dashboard;
using Microsoft.Playwright;

namespace KestraGitHub.BrowserTests;

/// <summary>Debian's Chromium.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        }));
    }

    public async Task<IPage> OpenAsync(Uri address, int width = 1280, bool scripts = true, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = address.ToString(), ViewportSize = new() { Width = width, Height = 900 }, JavaScriptEnabled = scripts, ColorScheme = scheme,
        });
        context.SetDefaultTimeout(10_000);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>One Chromium and one seeded service for all tests of the pages.</summary>
public class Browser : IAsyncLifetime
{
    private Chromium? _chromium;

    private protected virtual Func<DashboardHost, Task>? Seed => async host =>
    {
        await DashboardSeed.FillAsync(host);
        var edited = new DriftFound(new(ResourceKind.Flow, "company.team", DashboardSeed.Hostile), DriftKind.Edited, "7");
        var deleted = new DriftFound(new(ResourceKind.NamespaceFile, "company.team", "scripts/run.sh"), DriftKind.Deleted, "");
        await host.Drifts.SaveAsync(DashboardSeed.InSync, "git", null, [edited, deleted], new Dictionary<ResourceKey, (DateTimeOffset, string)>(), null, null, default);
    };

    internal DashboardHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await DashboardHost.StartAsync(Seed);
        _chromium = await Chromium.StartAsync();
    }

    /// <summary>A page that collects what its console complains about.</summary>
    internal async Task<(IPage Page, List<string> Complaints)> OpenAsync(
        int width = 1280, bool scripts = true, ColorScheme scheme = ColorScheme.Light, string? token = DashboardHost.Admin)
    {
        var page = await _chromium!.OpenAsync(Host.Address, width, scripts, scheme);
        var complaints = new List<string>();
        page.Console += (_, message) => { if (message.Type is "error" or "warning") complaints.Add(message.Text); };
        page.PageError += (_, error) => complaints.Add(error);
        if (token is not null) await SignInAsync(page, token);
        return (page, complaints);
    }

    internal static async Task SignInAsync(IPage page, string token)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null) await _chromium.DisposeAsync();
        if (Host is not null) await Host.DisposeAsync();
    }
}

/// <summary>The same, newly installed: nothing is there yet.</summary>
public sealed class EmptyBrowser : Browser
{
    private protected override Func<DashboardHost, Task>? Seed => null;
}

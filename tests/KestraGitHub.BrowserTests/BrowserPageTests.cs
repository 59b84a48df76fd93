using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Dashboard;
using Microsoft.Playwright;

namespace KestraGitHub.BrowserTests;

public sealed class BrowserPageTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Pages_fit_are_quiet_and_have_what_readers_lean_on(int width, ColorScheme scheme)
    {
        var (page, complaints) = await browser.OpenAsync(width, scheme: scheme);
        var (axe, barriers) = (await Axe.ScriptAsync(), new List<string>());
        // It takes its time: each width and each theme once.
        var looks = (width, scheme) is (1280, ColorScheme.Light) or (360, ColorScheme.Dark);
        foreach (var (name, path) in await Addresses.AllAsync(browser.Host))
        {
            await page.GotoAsync(path);
            if (name == "missing") complaints.Clear();
            var fits = await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
            Assert.True(fits, $"{name} scrolls sideways at {width}");
            var faults = await page.EvaluateAsync<string[]>(Basics);
            Assert.True(faults.Length == 0, $"{name} at {width}, {scheme}: {string.Join("; ", faults)}");
            Assert.DoesNotContain("owned", await page.TitleAsync(), StringComparison.Ordinal);
            if (looks) barriers.AddRange((await Axe.FindAsync(page, axe)).Select(b => $"{name}: {b}"));
        }

        Assert.True(barriers.Count == 0, string.Join("\n", barriers));

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Hostile_text_stands_there_to_be_read()
    {
        var (page, complaints) = await browser.OpenAsync();
        await page.GotoAsync("/deliveries");
        await Assertions.Expect(page.GetByText(DashboardSeed.Hostile).First).ToBeVisibleAsync();
        await page.GotoAsync(Links.Sync(DashboardSeed.Odd));
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Brief.Sync(DashboardSeed.Odd));
        Assert.Equal(0, await page.Locator("img, svg[onload]").CountAsync());
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task All_of_it_works_without_scripts()
    {
        var (page, _) = await browser.OpenAsync(scripts: false);
        await page.Locator("table.stack").GetByRole(AriaRole.Link, new() { Name = Brief.Sync(DashboardSeed.InSync), Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dry run" }).ClickAsync();
        await Assertions.Expect(page.GetByText("dry run: nothing is written")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Cancelled");
        await page.GotoAsync("/runs");
        await page.GetByLabel("State").SelectOptionAsync("cancelled");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Assertions.Expect(page.Locator("tbody .b").First).ToHaveTextAsync("Cancelled");
    }

    [Fact]
    public async Task Drift_is_gone_through_by_single_keys_that_can_be_switched_off()
    {
        var (page, complaints) = await browser.OpenAsync();
        await page.GotoAsync("/drift");
        var items = page.Locator("[data-item]");
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(items.Nth(0)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(items.Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(items.Nth(0)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("?");
        await page.GetByLabel("Single keys work on this page").UncheckAsync();
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(page.GetByLabel("Single keys work on this page")).ToBeFocusedAsync();
        await page.GetByLabel("Single keys work on this page").CheckAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("i");
        await Assertions.Expect(page.GetByText("1 left as it is, until changed again")).ToBeVisibleAsync();
        await Assertions.Expect(items).ToHaveCountAsync(1);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_run_is_followed_while_it_runs()
    {
        var sync = new SyncKey("main", "company.team", "live");
        var started = await DashboardSeed.StartedAsync(browser.Host, sync);
        var id = started.Run.Id;
        var (page, complaints) = await browser.OpenAsync();
        await page.GotoAsync(Links.Run(id));
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Running");
        await page.EvaluateAsync("window.same = true");
        await browser.Host.Runs.AppendAsync(id, [new(4, DateTimeOffset.UtcNow, "info", "validated", DashboardSeed.Hostile)], default);
        await Assertions.Expect(page.Locator("#log li").Nth(3)).ToContainTextAsync(DashboardSeed.Hostile);
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).FocusAsync();
        await browser.Host.Runs.CancelAsync(id, default);
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Stopping");
        await browser.Host.Runs.ReleaseAsync(started.Lease, default);
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Cancelled");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Run again", Exact = true })).ToHaveCountAsync(1);
        Assert.True(await page.EvaluateAsync<bool>("window.same"));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_keyboard_goes_from_the_top_down_and_is_seen()
    {
        var (page, _) = await browser.OpenAsync();
        await page.GotoAsync("/runs");
        var names = new List<string>();
        for (var i = 0; i < 17; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            names.Add(await page.EvaluateAsync<string>(
                "(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim().split('\\n')[0]"));
            Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        }

        Assert.Equal(["Skip to the content", "KestraGitHub", "Overview", "Runs", "Deliveries", "Drift", "Repositories", "Definitions", "GitHub", "Servers", "Jobs", "Audit", "About", "Sign out", "State", "Sync", "Show"], names);
        await page.ReloadAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [Fact]
    public async Task Nothing_at_the_top_lies_over_anything_else_however_wide_the_window_and_long_the_name()
    {
        var (page, _) = await browser.OpenAsync();
        await page.GotoAsync("/runs");
        await page.EvaluateAsync("document.querySelector('.who > span').textContent = 'an admin whose name is very long · operator'");
        foreach (var width in (int[])[390, 640, 900, 1024, 1199, 1200, 1280, 1319, 1320, 1400, 1600])
        {
            await page.SetViewportSizeAsync(width, 900);
            Assert.Equal("", await page.EvaluateAsync<string>(
                """
                () => {
                  const boxes = [...document.querySelectorAll('.top a, .who > span, .who button')].map(e => [e.textContent.trim(), e.getBoundingClientRect()]);
                  const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
                  return boxes.flatMap(([name, a], i) => boxes.slice(i + 1).filter(([, b]) => over(a, b)).map(([other]) => `${name} over ${other}`)).join(', ');
                }
                """));
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
        }
    }

    [Fact]
    public async Task Who_follows_a_link_signs_in_and_is_where_it_led()
    {
        var (page, _) = await browser.OpenAsync(token: null);
        await page.GotoAsync("/deliveries");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.id === 'token'"));
        await page.GetByLabel("Token").FillAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not known");
        await page.GetByLabel("Token").FillAsync(DashboardHost.Viewer);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Deliveries" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("nav [aria-current=page]")).ToHaveTextAsync("Deliveries");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GotoAsync("/");
        await Assertions.Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
    }

    // One main, one h1, headings without a gap, every field and button named, no id twice, and text that stands out from what is behind it.
    private const string Basics = """
        () => {
          const faults = [], all = q => [...document.querySelectorAll(q)];
          if (all("main").length !== 1) faults.push("not one main");
          if (all("h1").length !== 1) faults.push("not one h1");
          if (!document.documentElement.lang) faults.push("no lang");
          let last = 0;
          for (const h of all("h1,h2,h3,h4")) { const n = +h.tagName[1]; if (n > last + 1) faults.push("heading gap at " + h.innerText); last = n; }
          for (const f of all("input:not([type=hidden]),select,textarea")) if (!f.labels.length && !f.ariaLabel) faults.push("unlabelled " + f.name);
          for (const b of all("button,a")) if (!b.textContent.trim() && !b.ariaLabel) faults.push("nameless " + b.outerHTML.slice(0, 80));
          const ids = all("[id]").map(e => e.id); ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => faults.push("id twice: " + id));
          for (const e of all("[aria-labelledby],[aria-describedby]"))
            for (const id of (e.getAttribute("aria-labelledby") ?? e.getAttribute("aria-describedby")).split(" ")) if (!document.getElementById(id)) faults.push("nothing has the id " + id);
          const rgb = c => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m[3] ?? 1 }; };
          const light = c => {
            const f = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
            return .2126 * f(c.r) + .7152 * f(c.g) + .0722 * f(c.b);
          };
          const behind = e => {
            for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.a === 1) return c; }
            return { r: 255, g: 255, b: 255 };
          };
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), seen = new Set();
          while (walk.nextNode()) {
            const e = walk.currentNode.parentElement;
            if (!walk.currentNode.data.trim() || seen.has(e) || e.closest("[disabled],script,noscript,option")) continue;
            seen.add(e);
            const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (ratio < 4.5) faults.push("contrast " + ratio.toFixed(2) + " of " + e.innerText.slice(0, 30));
          }
          return faults;
        }
        """;
}

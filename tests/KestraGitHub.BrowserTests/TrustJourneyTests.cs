using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;
using Microsoft.Playwright;

namespace KestraGitHub.BrowserTests;

/// <summary>What a person does when something is about to go wrong, or went wrong: with the real service, in a real browser.</summary>
public sealed class TrustJourneyTests : IAsyncLifetime
{
    private static readonly SyncKey Sync = new("main", "system", "careful");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kestra-github-journey-");
    private readonly GitSandbox _repositories = new();
    private GitHttpServer _git = null!;
    private KestraStandIn _kestra = null!;
    private ServiceProcess _service = null!;
    private Chromium _chromium = null!;
    private IPage _page = null!;

    public async Task InitializeAsync()
    {
        (_git, _kestra) = (await GitHttpServer.StartAsync(_repositories.Root), await KestraStandIn.StartAsync(new KestraStandInOptions()));
        _service = new ServiceProcess(_folder.FullName, new()
        {
            ["Kestra__Url"] = _kestra.BaseUrl.AbsoluteUri, ["Kestra__Username"] = "admin@kestra.io", ["Kestra__Password"] = "Kestra1234",
        });
        _repositories.Create("flows.git");
        Commit("a", "b", "c");
        await File.WriteAllTextAsync(Path.Combine(_service.DefinitionsPath, "careful.yml"), $$"""
            id: careful
            namespace: system
            tasks:
              - id: git
                type: io.kestra.plugin.git.SyncFlows
                url: {{_git.Url}}/flows.git
                branch: main
                gitDirectory: flows
                targetNamespace: prod
                delete: true
            x-kestra-github:
              maxDeletes: 0
            """);
        await _service.StartAsync();
        _chromium = await Chromium.StartAsync();
        _page = await _chromium.OpenAsync(_service.BaseUrl);
        await Browser.SignInAsync(_page, ServiceProcess.Token);
    }

    public async Task DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await _service.DisposeAsync();
        await _kestra.DisposeAsync();
        await _git.DisposeAsync();
        _repositories.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_plan_is_approved_undone_restored_and_rolled_back_by_buttons()
    {
        await RunNowAsync("Changed");
        var first = _page.Url;
        Commit("a");
        await RunNowAsync("Waiting for approval");
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { Name = "It waits for approval" })).ToBeVisibleAsync();
        await Assertions.Expect(_page.GetByText("more than maxDeletes (0)").First).ToBeVisibleAsync();
        Holds("a", "b", "c");
        await PictureAsync("waiting");
        var approved = _page.Url;
        await _page.GetByLabel("Type delete 2 to approve it").FillAsync("delete 2");
        await PressAsync("Approve");
        await EndsAsync("Changed");
        Holds("a");

        await PictureAsync("approved");

        // One object comes back, then all of it.
        await _page.GetByRole(AriaRole.Row, new() { NameRegex = new("\\bb\\b") }).GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await EndsAsync("Changed");
        Holds("a", "b");
        await _page.GotoAsync(approved);
        await PressAsync("Undo");
        await EndsAsync("Changed");
        Holds("a", "b", "c");

        // A rejected plan writes nothing.
        await RunNowAsync("Waiting for approval");
        await PressAsync("Reject");
        await EndsAsync("Cancelled");
        Holds("a", "b", "c");

        // Back to the first run: its commit has all three, and the newer one is held.
        await _page.GotoAsync(Links.Sync(Sync));
        await _page.Locator($"tr:has(a[href='{new Uri(first).AbsolutePath}'])").GetByRole(AriaRole.Button, new() { Name = "Roll back to this" }).ClickAsync();
        await EndsAsync("No change");
        await _page.GotoAsync(Links.Sync(Sync));
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { Name = "Rolled back" })).ToBeVisibleAsync();
        await PictureAsync("rolled-back");
        await PressAsync("Release");
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { Name = "Rolled back" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_sync_is_suspended_and_resumed_and_an_edit_in_Kestra_is_seen()
    {
        await RunNowAsync("Changed");
        await _page.GotoAsync(Links.Sync(Sync));
        await _page.GetByText("Suspend this sync").ClickAsync();
        await _page.GetByLabel("Reason").FillAsync("month end");
        await PressAsync("Suspend");
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { Name = "Suspended" })).ToBeVisibleAsync();
        await Assertions.Expect(_page.GetByText("month end").First).ToBeVisibleAsync();
        await RunNowAsync("Suspended");
        await _page.GotoAsync(Links.Sync(Sync));
        await PictureAsync("suspended");
        await PressAsync("Resume");
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { Name = "Suspended" })).ToHaveCountAsync(0);

        await RunNowAsync("No change");
        await _page.GotoAsync(Links.Sync(Sync));
        await Assertions.Expect(_page.GetByText("In sync").First).ToBeVisibleAsync();
        _kestra.State.PutFlow(Flow("a").Replace("hello", "edited", StringComparison.Ordinal));
        await PressAsync("Look now");
        await Assertions.Expect(_page.GetByText("Edited in Kestra").First).ToBeVisibleAsync();
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { NameRegex = new("Drift") })).ToBeVisibleAsync();
        await PictureAsync("drifted");
    }

    [Fact]
    public async Task Where_both_sides_changed_a_person_says_which_one_counts()
    {
        await File.WriteAllTextAsync(Path.Combine(_service.DefinitionsPath, "careful.yml"), (await File.ReadAllTextAsync(Path.Combine(_service.DefinitionsPath, "careful.yml"))) + "\n  onConflict: fail\n");
        await RunNowAsync("Changed");
        _kestra.State.PutFlow(Flow("a").Replace("message: hello", "message: edited", StringComparison.Ordinal));
        _repositories.Commit("flows.git", "main", new Dictionary<string, SandboxFile>
        {
            ["flows/a.yml"] = Flow("a").Replace("message: hello", "message: of git", StringComparison.Ordinal), ["flows/b.yml"] = Flow("b"), ["flows/c.yml"] = Flow("c"), ["flows/d.yml"] = Flow("d"),
        });
        await RunNowAsync("Failed");
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { Name = "1 object changed on both sides" })).ToBeVisibleAsync();
        Assert.Empty(await Axe.FindAsync(_page, await Axe.ScriptAsync()));
        await PictureAsync("conflict");
        await PressAsync("Leave what Kestra has");
        await EndsAsync("With gaps");
        Holds("a", "b", "c", "d");
        Assert.Contains("edited", _kestra.State.ListFlows().Single(f => f.Id == "a").Source, StringComparison.Ordinal);

        await PressAsync("Take what Git has");
        await EndsAsync("Changed 1");
        Assert.Contains("of git", _kestra.State.ListFlows().Single(f => f.Id == "a").Source, StringComparison.Ordinal);
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { NameRegex = new("on both sides") })).ToHaveCountAsync(0);
    }

    /// <summary>For people to look at: set PICTURES to a folder.</summary>
    private async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("PICTURES") is { } folder) await _page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"journey-{name}.png"), FullPage = true });
    }

    private async Task RunNowAsync(string ends)
    {
        await _page.GotoAsync(Links.Sync(Sync));
        await PressAsync("Run now");
        await EndsAsync(ends);
    }

    private Task PressAsync(string button) => _page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.ClickAsync();

    private Task EndsAsync(string state) => Assertions.Expect(_page.GetByRole(AriaRole.Status)).ToContainTextAsync(state, new() { Timeout = 30_000, IgnoreCase = true });

    private void Holds(params string[] ids) => Assert.Equal(ids, _kestra.State.ListFlows().Select(f => f.Id).Order(StringComparer.Ordinal));

    private void Commit(params string[] ids) => _repositories.Commit("flows.git", "main", ids.ToDictionary(id => $"flows/{id}.yml", id => (SandboxFile)Flow(id)));

    private static string Flow(string id) => $"id: {id}\nnamespace: prod\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n";
}

using System.Net;
using System.Text;
using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace KestraGitHub.Tests.Dashboard;

public sealed partial class PageTests
{
    [Theory]
    [InlineData("SyncFlows", "company.team")]
    [InlineData("SyncNamespaceFiles", "company.team")]
    [InlineData("PushFlows", "company.team")]
    [InlineData("PushNamespaceFiles", "company.team")]
    [InlineData("SyncFlows", "a\"\nx-kestra-github:\n  onDrift: report\n#")]
    public void What_the_set_up_writes_loads_and_no_text_becomes_another_line(string kind, string space)
    {
        var wish = Wish(("kind", kind), ("url", "https://github.com/acme/flows"), ("space", space), ("secret", "TOKEN"), ("directory", "flows"));
        var parsed = DefinitionParser.Parse(wish.File, Encoding.UTF8.GetBytes(wish.Yaml()), new("main", new Dictionary<string, KestraTarget>
        {
            [""] = new(null, new("http://kestra"), "main", KestraAuth.None),
        }, name => name is "TOKEN" or "WEBHOOK_KEY" ? "x" : null, _ => null));
        Assert.True(parsed.Definition is not null || space.Contains('\n', StringComparison.Ordinal), string.Join(' ', parsed.Faults));
        Assert.DoesNotContain("\\u0027", wish.Yaml(), StringComparison.Ordinal);
        Assert.Equal(SafetyRules.Default, parsed.Definition?.Options.Safety ?? SafetyRules.Default);
        Assert.DoesNotContain("x-kestra-github:", wish.Yaml().Split('\n').Select(l => l.Trim()));
    }

    [Fact]
    public async Task The_set_up_is_for_an_admin_of_everything_and_writes_nothing_that_does_not_work()
    {
        using var admin = await SignedInAsync();
        Assert.Contains("Check it", await admin.GetStringAsync("/setup"), StringComparison.Ordinal);
        (string, string)[] wish = [("kind", "SyncFlows"), ("url", "https://127.0.0.1:9/acme/flows"), ("space", "company.team"), ("keySecret", "NOT_THERE"), ("id", "../../evil")];
        var looked = await (await PostAsync(admin, "/setup", "/setup", wish)).Content.ReadAsStringAsync();
        Assert.Contains("It does not load", looked, StringComparison.Ordinal);
        Assert.DoesNotContain("Write it, and plan", looked, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(admin, "/setup", "/setup/write", wish)).StatusCode);
        Assert.DoesNotContain(Directory.EnumerateFiles(_host.Definitions), f => f.Contains("evil", StringComparison.Ordinal));

        using var viewer = await SignedInAsync(DashboardHost.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/setup")).StatusCode);
        using var scoped = await SignedInAsync(DashboardHost.Scoped);
        Assert.Equal(HttpStatusCode.Forbidden, (await scoped.GetAsync("/setup")).StatusCode);
    }

    [Fact]
    public async Task What_works_is_written_once_and_planned()
    {
        using var repositories = new GitSandbox();
        repositories.Create("acme/flows.git");
        repositories.Commit("acme/flows.git", "main", new Dictionary<string, SandboxFile> { ["_flows/a.yml"] = "id: a\n" });
        await using var git = await GitHttpServer.StartAsync(repositories.Root);
        var key = new SyncKey("main", "system", "first");
        _host.Catalog = [DashboardSeed.Entry(key)];
        using var admin = await SignedInAsync();
        (string, string)[] wish = [("kind", "SyncFlows"), ("url", $"{git.Url}/acme/flows.git"), ("space", "company.team"), ("id", "first")];
        var looked = await (await PostAsync(admin, "/setup", "/setup", wish)).Content.ReadAsStringAsync();
        foreach (var words in (string[])["It loads", "The repository answers", "is at", "Write it, and plan"]) Assert.Contains(words, looked, StringComparison.Ordinal);

        var written = await PostAsync(admin, "/setup", "/setup/write", wish);
        Assert.Equal(HttpStatusCode.SeeOther, written.StatusCode);
        Assert.Contains("targetNamespace: \"company.team\"", await File.ReadAllTextAsync(Path.Combine(_host.Definitions, "first.yml")), StringComparison.Ordinal);
        Assert.Equal(Links.Sync(key) + "#hook", written.Headers.Location!.OriginalString);
        Assert.Contains("id=\"hook\"", await admin.GetStringAsync(Links.Sync(key)), StringComparison.Ordinal);
        Assert.True(Assert.Single((await _host.Runs.QueryAsync(new(key.Tenant, key.Namespace, key.Flow, null, 5, null), default)).Items).DryRun);
        var audited = (await _host.Audit.QueryAsync(1, null, default)).Items[0];
        Assert.Equal(("write", key, "definition first.yml"), (audited.Action, audited.Sync, audited.Detail));

        var again = await PostAsync(admin, "/setup", "/setup/write", wish);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        var page = await again.Content.ReadAsStringAsync();
        foreach (var words in (string[])["It was not written", "Choose another name", "value=\"company.team\"", "Check it"]) Assert.Contains(words, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_first_run_would_do_is_shown_before_anything_is_in_force()
    {
        using var repositories = new GitSandbox();
        repositories.Create("acme/flows.git");
        repositories.Commit("acme/flows.git", "main", new Dictionary<string, SandboxFile>
        {
            ["_flows/first_of_all.yml"] = "id: first_of_all\nnamespace: company.team\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n",
        });
        await using var git = await GitHttpServer.StartAsync(repositories.Root);
        await using var kestra = await KestraStandIn.StartAsync();
        await using var host = await DashboardHost.StartAsync(null, new ManualClock(), ("Kestra:Url", kestra.BaseUrl.AbsoluteUri));
        using var admin = host.Client();
        await PostAsync(admin, "/sign-in", "/sign-in", ("token", DashboardHost.Admin));
        (string, string)[] wish = [("kind", "SyncFlows"), ("url", $"{git.Url}/acme/flows.git"), ("space", "company.team"), ("id", "first")];
        var page = await (await PostAsync(admin, "/setup", "/setup", wish)).Content.ReadAsStringAsync();
        foreach (var words in (string[])["What it would do", "first_of_all", "added", "Write it, and plan"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain(kestra.Calls, c => c.Method is "PUT" or "DELETE");
        Assert.Empty((await host.Runs.QueryAsync(new(null, null, null, null, 5, null), default)).Items);
    }

    [Theory]
    [InlineData("flows.git", "none", "", "No such branch")]
    [InlineData("flows.git", "main", "elsewhere", "No such directory")]
    [InlineData("empty.git", "main", "", "Empty repository")]
    [InlineData("away.git", "main", "", "The repository refuses")]
    public async Task What_the_repository_lacks_is_told_apart(string repository, string branch, string directory, string words)
    {
        using var repositories = new GitSandbox();
        repositories.Create("acme/flows.git");
        repositories.Create("acme/empty.git");
        repositories.Commit("acme/flows.git", "main", new Dictionary<string, SandboxFile> { ["_flows/a.yml"] = "id: a\n" });
        await using var git = await GitHttpServer.StartAsync(repositories.Root);
        using var admin = await SignedInAsync();
        var looked = await PostAsync(
            admin, "/setup", "/setup", ("kind", "SyncFlows"), ("url", $"{git.Url}/acme/{repository}"), ("space", "company.team"), ("id", "first"), ("branch", branch), ("directory", directory));
        var page = await looked.Content.ReadAsStringAsync();
        Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("Write it, and plan", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_in_the_address_is_refused_and_never_shown_again()
    {
        using var admin = await SignedInAsync();
        var looked = await PostAsync(admin, "/setup", "/setup", ("kind", "SyncFlows"), ("url", "https://bea:pw-typed@github.com/acme/flows"), ("space", "company.team"));
        var page = await looked.Content.ReadAsStringAsync();
        Assert.Contains("name that secret below", page, StringComparison.Ordinal);
        Assert.Contains("value=\"https://github.com/acme/flows\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("pw-typed", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_definitions_come_from_Git_nothing_is_written_and_the_repository_is_named()
    {
        using var repositories = new GitSandbox();
        repositories.Create("acme/flows.git");
        repositories.Commit("acme/flows.git", "main", new Dictionary<string, SandboxFile> { ["_flows/a.yml"] = "id: a\n" });
        await using var git = await GitHttpServer.StartAsync(repositories.Root);
        await using var host = await DashboardHost.StartAsync(null, new ManualClock(), ("Definitions:Git:Url", $"{git.Url}/acme/none.git"), ("Definitions:Git:Directory", "syncs"));
        using var admin = host.Client();
        await PostAsync(admin, "/sign-in", "/sign-in", ("token", DashboardHost.Admin));
        await host.Pull.PullAsync(default);
        var empty = await admin.GetStringAsync("/");
        foreach (var words in (string[])["acme/none.git", "directory syncs", "It cannot be looked at"]) Assert.Contains(words, empty, StringComparison.Ordinal);
        Assert.DoesNotContain("folder of definitions", empty, StringComparison.Ordinal);

        (string, string)[] wish = [("kind", "SyncFlows"), ("url", $"{git.Url}/acme/flows.git"), ("space", "company.team"), ("id", "first")];
        var looked = await (await PostAsync(admin, "/setup", "/setup", wish)).Content.ReadAsStringAsync();
        Assert.Contains("commit this file to", looked, StringComparison.Ordinal);
        Assert.DoesNotContain("commit this file to", await (await PostAsync(admin, "/setup", "/setup", [.. wish, ("branch", "none")])).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("Write it, and plan", looked, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(admin, "/setup", "/setup/write", wish)).StatusCode);
        Assert.False(File.Exists(Path.Combine(host.Definitions, "first.yml")));
    }

    private static SetupWish Wish(params (string Name, string Value)[] fields) =>
        SetupWish.Of(new FormCollection(fields.ToDictionary(f => f.Name, f => new StringValues(f.Value))));
}

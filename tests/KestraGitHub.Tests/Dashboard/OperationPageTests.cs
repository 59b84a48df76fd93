using System.Net;
using System.Text.RegularExpressions;
using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

/// <summary>The pages for whoever runs the service.</summary>
public sealed partial class PageTests
{
    [Theory]
    [InlineData("/jobs", "Processing", "every_hour")]
    [InlineData("/about", "SQLite", "1 that does not load")]
    [InlineData("/servers", "No Kestra is configured", "Kestra:Url")]
    [InlineData("/repositories", "github.com/acme/flows", "sync_from_git", "Ask now")]
    [InlineData("/definitions", "From a folder", "Definitions:Git:Url")]
    [InlineData("/drift", "No sync has been looked at yet", "driftInterval")]
    [InlineData("/audit", "Nobody has asked for a change yet", "/runs")]
    public async Task Each_page_of_operations_says_what_there_is_or_what_to_do(string path, params string[] words)
    {
        using var client = await SignedInAsync();
        var page = await client.GetStringAsync(path);
        foreach (var word in words) Assert.Contains(word, page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{path}\" aria-current=\"page\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_one_namespace_sees_nothing_else_of_the_operations()
    {
        await DriftAsync();
        using (var admin = await SignedInAsync()) await PostAsync(admin, Links.Sync(DashboardSeed.Failing), Links.StartRun(DashboardSeed.Failing), ("dryRun", "true"));
        using var client = await SignedInAsync(DashboardHost.Scoped);
        foreach (var path in (string[])["/jobs", "/drift", "/repositories", "/definitions", "/audit", "/about"])
        {
            var page = await client.GetStringAsync(path);
            Assert.DoesNotContain("files_prod", page, StringComparison.Ordinal);
            Assert.DoesNotContain("nightly_push", page, StringComparison.Ordinal);
            Assert.DoesNotContain(_host.Definitions, page, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(client, "/", Links.Ignore(DashboardSeed.Failing), ("id", "x"))).StatusCode);
    }

    [Fact]
    public async Task What_has_drifted_is_left_as_it_is_until_it_changes_again()
    {
        await DriftAsync();
        using var client = await SignedInAsync();
        Assert.Contains("2 objects of one sync", await client.GetStringAsync("/drift"), StringComparison.Ordinal);
        var sync = DashboardSeed.InSync;
        (string, string)[] one = [("task", "sync"), ("kind", "flow"), ("within", "company.team"), ("id", "<img src=x>")];
        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(client, "/drift", Links.Ignore(sync), one)).StatusCode);
        var page = await client.GetStringAsync("/drift");
        Assert.Contains("1 object of one sync", page, StringComparison.Ordinal);
        Assert.Contains("ignored by ann", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("Edited in Kestra", await client.GetStringAsync("/?show=drifted"), StringComparison.Ordinal);
        (string, string)[] other = [.. (await _host.Drifts.OfAsync(sync, default)).Objects.Where(o => o.IgnoredBy is null).SelectMany(o => new[] { ("task", o.Task), ("kind", o.Kind), ("within", o.Namespace), ("id", o.Id) })];
        await PostAsync(client, "/drift", Links.Ignore(sync), other);
        Assert.DoesNotContain("Edited in Kestra", await client.GetStringAsync("/"), StringComparison.Ordinal);

        await DriftAsync();
        Assert.Equal("ann", (await _host.Drifts.OfAsync(sync, default)).Objects.Single(o => o.Kind == "flow").IgnoredBy);
        await _host.Drifts.SaveAsync(
            sync, "sync", null, [new(new(ResourceKind.Flow, "company.team", "<img src=x>"), DriftKind.Edited, "8")], new Dictionary<ResourceKey, (DateTimeOffset, string)>(), null, null, default);
        Assert.Null(Assert.Single((await _host.Drifts.OfAsync(sync, default)).Objects).IgnoredBy);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(client, "/drift", Links.Ignore(sync), ("id", "gone"))).StatusCode);
    }

    [Fact]
    public async Task What_people_ask_for_is_in_the_audit_and_what_was_refused_too()
    {
        using var client = await SignedInAsync();
        using var viewer = await SignedInAsync(DashboardHost.Viewer);
        var started = await PostAsync(client, Links.Sync(DashboardSeed.Failing), Links.StartRun(DashboardSeed.Failing), ("dryRun", "true"));
        var run = started.Headers.Location!.OriginalString.Split('/')[^1];
        await PostAsync(client, Links.Run(run), Links.Cancel(run));
        await PostAsync(viewer, "/", Links.Suspend(DashboardSeed.InSync), ("reason", DashboardSeed.Hostile));
        var rows = (await _host.Audit.QueryAsync(10, null, default)).Items;
        Assert.Equal(
            [("viewer token 2", "viewer", "suspend", DashboardSeed.InSync, "refused"), ("ann", "admin", "cancel", DashboardSeed.Failing, "done"), ("ann", "admin", "run", DashboardSeed.Failing, "done")],
            rows.Select(r => (r.Actor, r.Role, r.Action, r.Sync, r.Result)));
        Assert.Equal([null, run, run], rows.Select(r => r.RunId));
        Assert.Equal("dry run", rows[2].Detail);
        var page = await client.GetStringAsync("/audit");
        Assert.Contains("Refused, 403", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_ended_cannot_be_cancelled_and_who_cancelled_is_told()
    {
        using var client = await SignedInAsync();
        var started = await PostAsync(client, Links.Sync(DashboardSeed.Failing), Links.StartRun(DashboardSeed.Failing), ("dryRun", "true"));
        var run = started.Headers.Location!.OriginalString.Split('/')[^1];
        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(client, Links.Run(run), Links.Cancel(run))).StatusCode);
        Assert.Contains("Cancelled by ann.", await client.GetStringAsync(Links.Run(run)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(client, Links.Run(run), Links.Cancel(run))).StatusCode);
        Assert.Equal("refused", (await _host.Audit.QueryAsync(1, null, default)).Items[0].Result);
    }

    [Fact]
    public async Task Every_sync_is_suspended_and_resumed_on_the_page_of_the_jobs()
    {
        using var client = await SignedInAsync();
        using var scoped = await SignedInAsync(DashboardHost.Scoped);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(scoped, "/", Links.SuspendAll)).StatusCode);
        await PostAsync(client, Links.Jobs, Links.SuspendAll, ("reason", "month end."), ("hours", "4"));
        var jobs = await client.GetStringAsync(Links.Jobs);
        Assert.Contains("Every sync is suspended", jobs, StringComparison.Ordinal);
        Assert.Contains("month end. Runs wait, and go on when they are resumed, or by themselves", jobs, StringComparison.Ordinal);
        Assert.Contains("Every sync is suspended", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains(Brief.Sync(DashboardSeed.InSync), await client.GetStringAsync("/?show=suspended"), StringComparison.Ordinal);
        await PostAsync(client, Links.Jobs, Links.ResumeAll);
        Assert.DoesNotContain("Every sync is suspended", await client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_a_session_that_ended_leads_back_to_its_page_and_says_that_nothing_was_done()
    {
        using var client = await SignedInAsync();
        using var stranger = _host.Client();
        var answer = await stranger.PostAsync(Links.Suspend(DashboardSeed.InSync), Form());
        Assert.Equal($"/sign-in?ended=true&returnUrl={Uri.EscapeDataString(Links.Sync(DashboardSeed.InSync))}", answer.Headers.Location!.OriginalString);
        Assert.Contains("nothing was done", await stranger.GetStringAsync(answer.Headers.Location), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_that_no_run_could_read_is_listed_with_its_fault_and_can_be_asked()
    {
        var entry = DashboardSeed.Entry(DashboardSeed.Failing);
        var task = entry.Definition!.Tasks[0];
        TaskDeclaration[] tasks = [task, task with { Id = "again" }];
        _host.Catalog = [entry with { Definition = entry.Definition with { Tasks = tasks, Body = [.. tasks.Select(t => new FlowNode.Leaf(t))] } }];
        await _host.ReloadAsync();
        await DashboardSeed.FailedEarlyAsync(_host, DashboardSeed.Failing, "The repository refuses the token.");
        using var client = await SignedInAsync();
        Assert.Matches(new Regex("github.com/acme/flows</b>.*A run failed.*The repository refuses the token", RegexOptions.Singleline), await client.GetStringAsync("/repositories"));
        var asked = await (await PostAsync(client, "/repositories", Links.TestRepository, ("url", "https://github.com/acme/flows.git"))).Content.ReadAsStringAsync();
        foreach (var words in (string[])["Protocol not allowed", ", task git", ", task again"]) Assert.Contains(words, asked, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delivery_has_a_page_that_says_why_and_can_be_replayed()
    {
        using var client = await SignedInAsync();
        const string queued = "3dd4fe90-cc77-11e3-9bd2-2b1f3a4c5d6e", ignored = "0aa1fe90-cc77-11e3-9bd2-2b1f3a4c5d6e", ping = "1bb2fe90-cc77-11e3-9bd2-2b1f3a4c5d6e";
        Assert.Contains("This sync watches main.", await client.GetStringAsync(Links.Delivery(ignored)), StringComparison.Ordinal);
        var refused = await PostAsync(client, Links.Delivery(ping), Links.Replay(ping), ("sync", DashboardSeed.InSync.ToString()));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("Only a push", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var answer = await PostAsync(client, Links.Delivery(queued), Links.Replay(queued), ("sync", DashboardSeed.InSync.ToString()));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var run = (await _host.Runs.GetAsync(answer.Headers.Location!.OriginalString.Split('/')[^1], default))!;
        Assert.Equal(("replay", "ann", queued, "refs/heads/main"), (run.Trigger.Kind, run.Trigger.By, run.Trigger.DeliveryId, run.Trigger.Ref));
        Assert.Equal(("replay", run.Id), ((await _host.Audit.QueryAsync(1, null, default)).Items[0].Action, (await _host.Audit.QueryAsync(1, null, default)).Items[0].RunId));

        using var scoped = await SignedInAsync(DashboardHost.Scoped);
        Assert.Equal(HttpStatusCode.OK, (await scoped.GetAsync(Links.Delivery(queued))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Links.Delivery("none"))).StatusCode);
    }

    [Fact]
    public async Task The_first_page_answers_its_questions_searches_and_pages()
    {
        using var client = await SignedInAsync();
        var page = await client.GetStringAsync("/");
        Assert.Matches(new Regex("2 failing.*since.*commit.*9f31c2a", RegexOptions.Singleline), page);
        Assert.Matches(new Regex("Running\\?</span><b>1 now", RegexOptions.Singleline), page);
        Assert.Matches(new Regex("Last change</span><b>4 objects.*sync_from_git.*Tighten the retry of the nightly load.{1,8}Bea", RegexOptions.Singleline), page);
        Assert.Contains("<title>", page, StringComparison.Ordinal);
        Assert.Contains("4 runs", page, StringComparison.Ordinal);
        var found = await client.GetStringAsync("/?q=files%20prod");
        Assert.Contains($"<b>{Brief.Sync(DashboardSeed.Failing)}</b>", found, StringComparison.Ordinal);
        Assert.DoesNotContain($"<b>{Brief.Sync(DashboardSeed.InSync)}</b>", found, StringComparison.Ordinal);
        _host.Catalog = [.. Enumerable.Range(0, 60).Select(i => DashboardSeed.Entry(new("main", "company.team", $"sync{i:00}")))];
        await _host.ReloadAsync();
        Assert.Contains("sync59", await client.GetStringAsync("/?page=3&sort=name"), StringComparison.Ordinal);
        Assert.DoesNotContain("sync59", await client.GetStringAsync("/?page=2&sort=name"), StringComparison.Ordinal);
        Assert.Contains("page 3 of 3", await client.GetStringAsync("/?page=99"), StringComparison.Ordinal);
    }
}

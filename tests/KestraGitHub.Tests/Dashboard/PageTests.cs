using System.Net;
using System.Text.RegularExpressions;
using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

public sealed partial class PageTests : IAsyncLifetime
{
    // Not the real time: ids of runs are ordered over the whole process, and the storage's tests live in the past.
    private DashboardHost _host = null!;

    public async Task InitializeAsync() => _host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, new ManualClock());

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/runs")]
    [InlineData("/runs/x")]
    [InlineData("/runs/x/stream")]
    [InlineData("/deliveries")]
    [InlineData("/github")]
    [InlineData("/syncs/a/b/c")]
    [InlineData("/sign-out")]
    [InlineData("/no/such/page")]
    public async Task Strangers_are_shown_the_door(string path)
    {
        using var client = _host.Client();
        var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.StartsWith("/sign-in", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_text_is_text_and_secrets_are_nowhere()
    {
        using var client = await SignedInAsync();
        var runs = (await _host.Runs.QueryAsync(new(null, null, null, null, 50, null), default)).Items;
        var paths = new List<string> { "/", "/runs", "/deliveries", "/drift", "/repositories", "/github", "/servers", "/jobs", "/audit", "/about" };
        paths.AddRange(_host.Catalog.Select(e => Links.Sync(e.Key!.Value)));
        paths.AddRange(runs.Select(r => Links.Run(r.Id)));
        foreach (var path in paths)
        {
            var page = await client.GetStringAsync(path);
            Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<svg onload", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", page, StringComparison.Ordinal);
            Assert.DoesNotContain("the-key-of-the-hook", page, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;img src=x onerror=", await client.GetStringAsync("/deliveries"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_its_token_does_nothing()
    {
        using var client = await SignedInAsync();
        var before = await CountAsync();
        var answer = await client.PostAsync(Links.StartRun(DashboardSeed.InSync), Form(("dryRun", "true")));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("reload the page", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        answer = await client.PostAsync(Links.Cancel(_host.RunningId), Form());
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        answer = await client.PostAsync("/sign-in", Form(("token", DashboardHost.Admin)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(before, await CountAsync());
        Assert.False((await _host.Runs.GetAsync(_host.RunningId, default))!.CancelRequested);
    }

    [Fact]
    public async Task The_buttons_start_and_stop_runs()
    {
        using var client = await SignedInAsync();
        var answer = await PostAsync(client, Links.Sync(DashboardSeed.Failing), Links.StartRun(DashboardSeed.Failing), ("dryRun", "true"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var id = answer.Headers.Location!.OriginalString["/runs/".Length..];
        var run = (await _host.Runs.GetAsync(id, default))!;
        Assert.Equal((true, "dashboard", "ann", RunState.Queued), (run.DryRun, run.Trigger.Kind, run.Trigger.By, run.State));

        answer = await PostAsync(client, Links.Run(id), Links.Cancel(id));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(RunState.Cancelled, (await _host.Runs.GetAsync(id, default))!.State);
    }

    [Fact]
    public async Task A_run_that_wrote_can_be_undone_and_what_it_deleted_restored_from_its_page()
    {
        using var client = await SignedInAsync();
        ChangeRow[] rows = [new("git", "flow", "company.team", "gone", "flows/gone.yml", "deleted", "no longer in Git")];
        var id = await DashboardSeed.EndedAsync(_host, DashboardSeed.InSync, new RunCounts(Deleted: 1), null, new("api"), rows);
        Assert.DoesNotContain("id=\"undo\"", await client.GetStringAsync(Links.Run(id)), StringComparison.Ordinal);
        var refused = await PostAsync(client, Links.Run(id), Links.Undo(id));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("wrote nothing that is kept", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var entry = new JournalEntry(
            1, "git", new TargetAddress("http://kestra", "main"), new ResourceKey(ResourceKind.Flow, "company.team", "gone"), null, new Standing("d", "l", "1", 3), null, null, JournalState.Written, default);
        await _host.Journal.PutAsync(id, [entry], default);
        var page = await client.GetStringAsync(Links.Run(id));
        Assert.Contains("id=\"undo\"", page, StringComparison.Ordinal);
        Assert.Contains("value=\"flow company.team/gone\"", page, StringComparison.Ordinal);
        var answer = await PostAsync(client, Links.Run(id), Links.Restore(id), ("object", "flow company.team/gone"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var run = (await _host.Runs.GetAsync(answer.Headers.Location!.OriginalString["/runs/".Length..], default))!;
        Assert.Equal(("restore", id, "ann"), (run.Trigger.Kind, run.UndoOf, run.Trigger.By));
        Assert.Contains("restore from run", await client.GetStringAsync(Links.Run(run.Id)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(client, Links.Run(id), Links.Undo(id))).StatusCode);

        using var viewer = await SignedInAsync(DashboardHost.Viewer);
        Assert.DoesNotContain("id=\"undo\"", await viewer.GetStringAsync(Links.Run(id)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(viewer, "/", Links.Undo(id))).StatusCode);
    }

    [Fact]
    public async Task The_page_of_a_run_lists_where_its_tasks_are_in_Git()
    {
        using var client = await SignedInAsync();
        var run = (await _host.Runs.EnqueueAsync(new(DashboardSeed.InSync, new("api"), false, null, TimeSpan.Zero, new Dictionary<string, string>()), false, default)).Id;
        var claimed = (await _host.Runs.ClaimAsync(DashboardSeed.InSync, "test", TimeSpan.FromMinutes(5), default))!;
        Assert.Equal(run, claimed.Run.Id);
        var commit = "9f31c2a4d1e58b7f60aa21c3d4e5f60718293a4b";
        await _host.Runs.SetSourcesAsync(claimed.Lease, 0, [new SourceRow("flows[company]", "https://github.com/acme/flows", "refs/heads/main", commit, Made: true)], default);
        var page = await client.GetStringAsync(Links.Run(run));
        foreach (var words in (string[])["flows[company]", "github.com/acme/flows", "main", "9f31c2a", commit, "made by this run"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Matches("""main</span>\s+<span class="mono" """, page); // or they would read as one word
    }

    [Fact]
    public async Task A_viewer_sees_no_buttons_and_may_not_press_them()
    {
        using var client = await SignedInAsync(DashboardHost.Viewer);
        Assert.DoesNotContain("Run now", await client.GetStringAsync(Links.Sync(DashboardSeed.InSync)), StringComparison.Ordinal);
        var answer = await PostAsync(client, "/", Links.StartRun(DashboardSeed.InSync), ("dryRun", "false"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("Your role does not allow this", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_one_namespace_sees_nothing_else()
    {
        using var client = await SignedInAsync(DashboardHost.Scoped);
        foreach (var path in (string[])["/", "/runs", "/deliveries"])
        {
            var page = await client.GetStringAsync(path);
            Assert.Contains("sync_from_git", page, StringComparison.Ordinal);
            Assert.DoesNotContain("files_prod", page, StringComparison.Ordinal);
            Assert.DoesNotContain("old_sync", page, StringComparison.Ordinal);
        }

        string[] others = [Links.Sync(DashboardSeed.Failing), Links.Run(_host.RunningId), Links.Stream(_host.RunningId)];
        foreach (var path in others)
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(client, "/", Links.StartRun(DashboardSeed.Failing), ("dryRun", "true"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(client, "/", Links.Cancel(_host.RunningId))).StatusCode);
    }

    [Fact]
    public async Task A_wrong_token_is_told_and_a_way_out_of_the_site_is_not_taken()
    {
        using var client = _host.Client();
        var wrong = await PostAsync(client, "/sign-in", "/sign-in", ("token", "nonsense"), ("returnUrl", "/runs"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Contains("role=\"alert\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var right = await PostAsync(client, "/sign-in", "/sign-in", ("token", $" {DashboardHost.Admin} "), ("returnUrl", "//evil.example/"));
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (right.StatusCode, right.Headers.Location!.OriginalString));
        var left = await PostAsync(client, "/", "/sign-out");
        Assert.Equal((HttpStatusCode.SeeOther, "/sign-in"), (left.StatusCode, left.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.Found, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task What_is_not_there_is_said_on_a_page_with_a_cure()
    {
        using var client = await SignedInAsync();
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        (string, int)[] wrong =
            [("/runs/none", 404), ("/syncs/a/b/c", 404), ("/no/such/page", 404), ("/runs?cursor=zz", 400), ("/deliveries?cursor=zz", 400),
                ("/runs/x/cancel", 405)];
        foreach (var (path, status) in wrong)
        {
            var answer = await client.GetAsync(path);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Contains("To the overview", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.True(answer.Headers.Contains("Content-Security-Policy"), path);
        }
    }

    [Fact]
    public async Task Lists_are_paged_and_filtered()
    {
        using var client = await SignedInAsync();
        for (var i = 0; i < 55; i++)
        {
            var request = new RunRequest(DashboardSeed.Failing, new("api"), true, null, TimeSpan.FromHours(1), new Dictionary<string, string>());
            await _host.Runs.EnqueueAsync(request, false, default);
        }

        var first = await client.GetStringAsync("/runs?state=queued&sync=main/system/files_prod");
        Assert.Equal(50, Rows().Count(first));
        var next = WebUtility.HtmlDecode(Older().Match(first).Groups[1].Value);
        Assert.Contains("state=queued", next, StringComparison.Ordinal);
        Assert.Equal(5, Rows().Count(await client.GetStringAsync(next)));
    }

    [Fact]
    public async Task The_empty_page_says_the_next_step_and_a_broken_file_what_is_in_force()
    {
        using var client = await SignedInAsync();
        var good = DashboardSeed.Entry(DashboardSeed.InSync);
        _host.Catalog = [good with { Faults = [new("sync_from_git.yml", 3, 1, "There is a tab.", "Use spaces.")] }];
        await _host.ReloadAsync();
        var page = await client.GetStringAsync("/");
        Assert.Contains("Its last good version is in force.", page, StringComparison.Ordinal);
        Assert.Contains("sync_from_git.yml:3:1", page, StringComparison.Ordinal);

        _host.Catalog = [];
        await _host.ReloadAsync();
        page = await client.GetStringAsync("/");
        Assert.Contains("No syncs yet", page, StringComparison.Ordinal);
        Assert.Contains(_host.Definitions, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Assets_are_open_and_kept_for_ever()
    {
        using var client = _host.Client();
        var url = AssetFiles.Url("site.css");
        var answer = await client.GetAsync(url);
        Assert.Equal("text/css", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, url);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
        Assert.DoesNotContain("immutable", (await client.GetAsync("/assets/old/site.css")).Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/assets/old/other.css")).StatusCode);
    }

    private Task<HttpClient> SignedInAsync(string token = DashboardHost.Admin) => SignedInAsync(_host, token);

    internal static async Task<HttpClient> SignedInAsync(DashboardHost host, string token)
    {
        var client = host.Client();
        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(client, "/sign-in", "/sign-in", ("token", token))).StatusCode);
        return client;
    }

    /// <summary>Posts as a browser would: with the form's token from the page it stands on.</summary>
    internal static async Task<HttpResponseMessage> PostAsync(HttpClient client, string page, string action, params (string, string)[] values)
    {
        var token = WebUtility.HtmlDecode(FormToken().Match(await client.GetStringAsync(page)).Groups[1].Value);
        return await client.PostAsync(action, Form([.. values, ("__RequestVerificationToken", token)]));
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] values) =>
        new(values.Select(v => KeyValuePair.Create(v.Name, v.Value)));

    private async Task<int> CountAsync() => (await _host.Runs.QueryAsync(new(null, null, null, null, 500, null), default)).Items.Count;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("<tr>\\s*<td>")]
    private static partial Regex Rows();

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex Older();
}

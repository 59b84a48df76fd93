using System.Net;
using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Dashboard;

/// <summary>Addresses that lead nowhere, or where the reader may not go.</summary>
public sealed partial class PageTests
{
    [Fact]
    public async Task A_sync_that_is_gone_leads_to_its_runs_and_stays_in_their_filter()
    {
        _host.Catalog = [];
        await _host.ReloadAsync();
        using var client = await SignedInAsync();
        var gone = await client.GetAsync(Links.Sync(DashboardSeed.InSync));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Contains($"href=\"{Links.RunsOf(DashboardSeed.InSync)}\"", await gone.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("/runs?sync", await (await client.GetAsync(Links.Sync(new SyncKey("main", "a", "b")))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Matches($"<option value=\"{DashboardSeed.InSync}\" selected[^>]*>[^<]*gone", await client.GetStringAsync(Links.RunsOf(DashboardSeed.InSync)));

        using var scoped = await SignedInAsync(DashboardHost.Scoped);
        Assert.DoesNotContain("/runs?sync", await (await scoped.GetAsync(Links.Sync(DashboardSeed.Failing))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/runs?state=foo", "There is no state 'foo'")]
    [InlineData("/runs?sync=<script>", "'<script>' is not understood")]
    [InlineData("/deliveries?sync=foo", "'foo' is not understood")]
    public async Task A_filter_that_is_not_understood_is_said(string path, string words)
    {
        using var client = await SignedInAsync();
        var page = await client.GetStringAsync(path);
        Assert.Contains(words, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DashboardHost.Viewer, "/runs/x/changes/0", "This needs the role operator; yours is viewer.")]
    [InlineData(DashboardHost.Viewer, "/setup", "This needs the role admin; yours is viewer.")]
    public async Task Who_is_refused_reads_which_role_it_takes(string token, string path, string words)
    {
        using var client = await SignedInAsync(token);
        var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}

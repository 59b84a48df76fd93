using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

public sealed partial class PageTests
{
    [Fact]
    public async Task The_webhook_begins_with_the_address_that_is_configured_and_else_with_the_readers()
    {
        using var reader = await SignedInAsync();
        Assert.Contains($"{_host.Address.GetLeftPart(UriPartial.Authority)}/webhook/main/", await reader.GetStringAsync(Links.Sync(DashboardSeed.InSync)), StringComparison.Ordinal);

        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, new ManualClock(), ("Http:PublicUrl", "https://sync.example.org/kestra/"));
        using var client = host.Client();
        await PostAsync(client, "/sign-in", "/sign-in", ("token", DashboardHost.Admin));
        Assert.Contains("<code id=\"hook-0\">https://sync.example.org/kestra/webhook/main/", await client.GetStringAsync(Links.Sync(DashboardSeed.InSync)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_sync_takes_a_dry_run_only_and_says_how_it_is_let_run()
    {
        var entry = DashboardSeed.Entry(DashboardSeed.InSync);
        _host.Catalog = [entry with { Definition = entry.Definition! with { Disabled = true, Webhooks = [], Schedules = [] } }];
        await _host.ReloadAsync();
        using var client = await SignedInAsync();
        var page = await client.GetStringAsync(Links.Sync(DashboardSeed.InSync));
        Assert.Contains("Its file says <code>disabled: true</code>", page, StringComparison.Ordinal);
        Assert.Matches("<button id=\"run-now\"[^>]* disabled", page);
        Assert.DoesNotMatch("<button id=\"dry-run\"[^>]* disabled", page);
        Assert.DoesNotContain("start it here", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sync_that_writes_nothing_speaks_of_no_deletions_and_one_that_pushes_of_no_drift()
    {
        _host.Catalog = [DashboardSeed.Entry(DashboardSeed.InSync, "Clone"), DashboardSeed.Entry(DashboardSeed.Running, "PushFlows")];
        await _host.ReloadAsync();
        await DriftAsync();
        using var client = await SignedInAsync();
        var page = await client.GetStringAsync(Links.Sync(DashboardSeed.InSync));
        Assert.Contains("<dd>a file for tasks to download</dd>", page, StringComparison.Ordinal);
        foreach (var words in (string[])["deletions", "both sides changed", "namespace a file"]) Assert.DoesNotContain(words, page, StringComparison.Ordinal);

        await _host.Drifts.SaveAsync(DashboardSeed.Running, "git", null, [], new Dictionary<ResourceKey, (DateTimeOffset, string)>(), null, null, default);
        Assert.DoesNotContain("check-drift", await client.GetStringAsync(Links.Sync(DashboardSeed.Running)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_of_one_is_said_in_the_singular()
    {
        var definition = DashboardSeed.Entry(DashboardSeed.InSync).Definition!;
        var words = CareWords.Of(definition with { Options = definition.Options with { Safety = definition.Options.Safety with { MaxDeletes = 1 } } });
        Assert.StartsWith("More than 1 deletion, or", words[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_markup_is_html()
    {
        using var client = await SignedInAsync();
        foreach (var path in (string[])["/", Links.Run(_host.RunningId), Links.Sync(DashboardSeed.InSync), "/github"])
        {
            var page = await client.GetStringAsync(path);
            Assert.DoesNotContain("<text>", page, StringComparison.Ordinal);
            Assert.DoesNotMatch("<span[^>]*>\\s*(<time[^>]*>[^<]*</time>)?\\s*<div", page);
        }

        Assert.DoesNotContain("Metadata</b> <code>metadata", await client.GetStringAsync("/github"), StringComparison.Ordinal);
    }
}

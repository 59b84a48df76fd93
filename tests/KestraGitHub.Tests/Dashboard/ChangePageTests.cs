using System.Net;
using System.Text;
using KestraGitHub.Dashboard;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

public sealed partial class PageTests
{
    [Fact]
    public void Two_texts_are_one_column_and_three_stand_side_by_side()
    {
        var two = Assert.Single(ChangePages.Columns(new([new("Before", "a: 1\nb: 2\n"), new("After", "a: 1\nb: 3\n")], false, [], [])));
        Assert.Equal([(' ', "a: 1\n"), ('-', "b: 2\n"), ('+', "b: 3\n")], two.Lines!);
        var three = ChangePages.Columns(new([new("Applied", "a\nb\n"), new("Git", "a\nc\n"), new("Kestra", null, "away")], false, [], []));
        Assert.Equal([(' ', "a\n"), ('-', "b\n")], three[0].Lines!);
        Assert.Equal([(' ', "a\n"), ('+', "c\n")], three[1].Lines!);
        Assert.Equal((null, "away"), (three[2].Lines, three[2].Missing));
    }

    [Fact]
    public void A_password_in_a_flow_is_stars_in_its_lines_too()
    {
        var lines = ChangePages.Columns(new([new("Before", null, "new"), new("After", "id: a\npassword: hunter2-typed\n")], true, [], []))[0].Lines!;
        Assert.DoesNotContain(lines, l => l.Line.Contains("hunter2", StringComparison.Ordinal));
        Assert.Null(ChangePages.Columns(new([new("A", "a"), new("B", "x: [\npassword: b"), new("C", "c")], true, [], []))[1].Lines);
    }

    [Fact]
    public async Task A_row_of_a_run_has_a_page_with_its_text_before_for_those_who_may_operate()
    {
        using var client = await SignedInAsync();
        ChangeRow[] rows = [new("git", "flow", "company.team", "gone", "flows/gone.yml", "deleted", "no longer in Git"), new("git", "flow", "company.team", "odd", "flows/odd.yml", "conflict", DashboardSeed.Hostile)];
        var id = await DashboardSeed.EndedAsync(_host, DashboardSeed.InSync, new RunCounts(Deleted: 1, Conflict: 1), null, new("api"), rows);
        var text = Encoding.UTF8.GetBytes("id: gone\nnamespace: company.team\ntasks:\n  - id: say\n    type: t\ntriggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: \"0 6 * * *\"\n");
        var entry = new JournalEntry(
            1, "git", new TargetAddress("http://kestra", "main"), new ResourceKey(ResourceKind.Flow, "company.team", "gone"), null, new Standing("d", "l", "1", text.Length), null, null,
            JournalState.Written, default);
        await _host.Journal.AddPartsAsync(id, [new JournalPart(1, 0, text)], default);
        await _host.Journal.PutAsync(id, [entry], default);

        Assert.Contains(Links.Change(id, 0), await client.GetStringAsync(Links.Run(id)), StringComparison.Ordinal);
        var page = await client.GetStringAsync(Links.Change(id, 0));
        foreach (var words in (string[])["It was deleted.", "namespace: company.team", "daily", "0 6 * * *", "06:00 UTC"]) Assert.Contains(words, page, StringComparison.Ordinal);
        page = await client.GetStringAsync(Links.Change(id, 1));
        foreach (var words in (string[])["Applied last", "Kestra, now", "has not applied it yet"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Links.Change(id, 2))).StatusCode);

        using var viewer = await SignedInAsync(DashboardHost.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(Links.Change(id, 0))).StatusCode);
        Assert.DoesNotContain(Links.Change(id, 0), await viewer.GetStringAsync(Links.Run(id)), StringComparison.Ordinal);
        using var scoped = await SignedInAsync(DashboardHost.Scoped);
        Assert.Equal(HttpStatusCode.NotFound, (await scoped.GetAsync(Links.Change(DashboardSeed.RunningId, 0))).StatusCode);
    }

    [Fact]
    public async Task The_page_of_a_sync_shows_its_objects_its_care_and_its_next_times()
    {
        using var client = await SignedInAsync();
        await DriftAsync();
        var page = await client.GetStringAsync(Links.Sync(DashboardSeed.InSync));
        foreach (var words in (string[])["changed in Kestra", "More than 10 deletions", "How careful it is", "y-key", "data-copy", "only in Kestra"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Equal(5, page.Split("00 UTC</time></li>").Length - 1);
    }
}

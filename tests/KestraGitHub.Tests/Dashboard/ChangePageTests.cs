using System.Net;
using System.Text;
using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.StandIns.Kestra;
using KestraGitHub.Tests.Kestra;

namespace KestraGitHub.Tests.Dashboard;

public sealed partial class PageTests
{
    [Fact]
    public void Two_texts_are_one_column_and_three_stand_side_by_side()
    {
        var two = Assert.Single(ChangePages.Columns(new([new("Before", "a: 1\nb: 2\n"), new("After", "a: 1\nb: 3\n")], false, [])));
        Assert.Equal([(' ', "a: 1\n"), ('-', "b: 2\n"), ('+', "b: 3\n")], two.Lines!);
        var three = ChangePages.Columns(new([new("Applied", "a\nb\n"), new("Git", "a\nc\n"), new("Kestra", null, "away")], false, []));
        Assert.Equal([(' ', "a\n"), ('-', "b\n")], three[0].Lines!);
        Assert.Equal([(' ', "a\n"), ('+', "c\n")], three[1].Lines!);
        Assert.Equal((null, "away"), (three[2].Lines, three[2].Missing));
    }

    [Fact]
    public void What_is_no_text_is_told_by_its_size()
    {
        ChangeSide small = ChangeSide.Of("Before", [0, 1]), large = ChangeSide.Of("After", new byte[2970]), gone = ChangeSide.NotThere("Before", "It was not there.");
        Assert.Equal(("Before → after", "binary, 2 B → 2.9 KiB"), Only(small, large));
        Assert.Equal(("It was not there.", "binary, 2.9 KiB"), Only(gone, large));
        var three = ChangePages.Columns(new([small, large, new("Kestra, now", "a\n")], false, []));
        Assert.Equal(["binary, 2 B", "binary, 2.9 KiB", null], three.Select(c => c.Missing));

        static (string, string?) Only(ChangeSide before, ChangeSide after)
        {
            var one = Assert.Single(ChangePages.Columns(new([before, after], false, [])));
            Assert.Null(one.Lines);
            return (one.Title, one.Missing);
        }
    }

    [Fact]
    public async Task A_conflict_in_a_file_shows_what_Kestra_holds()
    {
        await using var kestra = await KestraStandIn.StartAsync();
        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, new ManualClock(), ("Kestra:Url", kestra.BaseUrl.AbsoluteUri));
        var server = await host.Kestra.ConnectAsync(host.Target, default);
        await server.Client.UploadFileAsync("company.team", Path("a.sh"), new MemoryStream("echo mine"u8.ToArray()), 9, FreePass.Always, default);
        await server.Client.UploadFileAsync("company.team", Path("b.bin"), new MemoryStream([0, 1]), 2, FreePass.Always, default);
        ChangeRow[] rows = [new("git", "file", "company.team", "a.sh", "_files/a.sh", "conflict", "both"), new("git", "file", "company.team", "b.bin", "_files/b.bin", "conflict", "both")];
        var id = await DashboardSeed.EndedAsync(host, DashboardSeed.InSync, new RunCounts(Conflict: 2), null, new("api"), rows);

        using var client = host.Client();
        await PostAsync(client, "/sign-in", "/sign-in", ("token", DashboardHost.Admin));
        Assert.Contains("echo mine", await client.GetStringAsync(Links.Change(id, 0)), StringComparison.Ordinal);
        Assert.Contains("binary, 2 B", await client.GetStringAsync(Links.Change(id, 1)), StringComparison.Ordinal);

        static NamespaceFilePath Path(string text) => NamespaceFilePath.TryParse(text, out var path, out _) ? path : throw new ArgumentException(text);
    }

    [Fact]
    public void The_times_of_schedules_do_not_stand_in_the_reason_where_they_stand_below() => Assert.Equal(
        "changed in Git; 2 executions are running",
        ScheduleChange.Without("changed in Git; new schedule b: 2026-01-01 05:00 UTC; schedule a: 2026-01-01 05:00 UTC instead of 2026-01-01 06:00 UTC; 2 executions are running"));

    [Fact]
    public void A_password_in_a_flow_is_stars_in_its_lines_too()
    {
        var lines = ChangePages.Columns(new([new("Before", null, "new"), new("After", "id: a\npassword: hunter2-typed\n")], true, []))[0].Lines!;
        Assert.DoesNotContain(lines, l => l.Line.Contains("hunter2", StringComparison.Ordinal));
        Assert.Null(ChangePages.Columns(new([new("A", "a"), new("B", "x: [\npassword: b"), new("C", "c")], true, []))[1].Lines);
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
        foreach (var words in (string[])["It was deleted.", "namespace: company.team", "daily", "0 6 * * *", "06:00 UTC", "is gone"]) Assert.Contains(words, page, StringComparison.Ordinal);
        page = await client.GetStringAsync(Links.Change(id, 1));
        foreach (var words in (string[])["Applied last", "Kestra, now", "has not applied it yet", "What changed in Git", "What changed in Kestra"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Links.Change(id, 2))).StatusCode);

        using var viewer = await SignedInAsync(DashboardHost.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(Links.Change(id, 0))).StatusCode);
        Assert.DoesNotContain(Links.Change(id, 0), await viewer.GetStringAsync(Links.Run(id)), StringComparison.Ordinal);
        using var scoped = await SignedInAsync(DashboardHost.Scoped);
        Assert.Equal(HttpStatusCode.NotFound, (await scoped.GetAsync(Links.Change(_host.RunningId, 0))).StatusCode);
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

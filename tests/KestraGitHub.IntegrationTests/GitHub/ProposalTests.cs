using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>What Kestra holds comes to Git by one pull request, from its opening to its end.</summary>
public sealed class ProposalTests
{
    private const string Push = "branch: main\nsourceNamespace: team.sync\ntargetNamespace: team.sync\ncommitMessage: What Kestra holds";
    private const string Work = "kestra-github/main/system/sync/git";

    [Fact]
    public async Task A_push_becomes_one_pull_request_that_follows_what_Kestra_holds_until_it_is_merged()
    {
        await using var bench = await ProposalBench.OpenAsync("PushFlows", Push, "pullRequest:\n  body: \"Look, *please*.\"\n  labels: [kestra, sync]\n  reviewers: [carl, acme/ops]\n  draft: true", app: true);
        var main = bench.Bench.Commit(("flows/flow1.yml", House.Flow("sync", 1, "first")), ("flows/flow3.yml", House.Flow("sync", 3, "first")));
        bench.Edit(1, "edited");
        bench.Edit(2, "new");
        await bench.Bench.Service.StartAsync();
        var run = await bench.RunAsync();
        Assert.Equal((1, 1, 1), (House.Count(run, "added"), House.Count(run, "updated"), House.Count(run, "deleted")));

        // Nothing is pushed to the branch itself; a delete needs no approval, for somebody looks at it anyway.
        Assert.Equal(main, bench.Git.Tip(ProposalBench.Repository, "main"));
        var pull = Assert.Single(bench.Pulls);
        Assert.Equal((Work, "main", "What Kestra holds", true), (pull.Branch, pull.Base, pull.Title, pull.Draft));
        Assert.Equal("kestra, sync", string.Join(", ", pull.Labels));
        Assert.Equal("carl, team ops", string.Join(", ", pull.Reviewers));
        Assert.Contains("Look, *please*.", pull.Body, StringComparison.Ordinal);
        Assert.Contains("| updated | `flow team.sync/flow1` | `flows/flow1.yml` |", pull.Body, StringComparison.Ordinal);
        Assert.Contains("| deleted | `flow team.sync/flow3` |", pull.Body, StringComparison.Ordinal);
        Assert.Contains(GitHubBench.PublicUrl + "/runs/", pull.Body, StringComparison.Ordinal);
        Assert.Equal((House.Flow("sync", 1, "edited"), House.Flow("sync", 2, "new"), null), (bench.FileOf(Work, "flows/flow1.yml"), bench.FileOf(Work, "flows/flow2.yml"), bench.FileOf(Work, "flows/flow3.yml")));
        var message = bench.Git.Log(ProposalBench.Repository, Work)[0].Message;
        Assert.Contains("\nKestra-Edited: flow team.sync/flow1\n", message, StringComparison.Ordinal);
        Assert.Contains($"in pull request {pull.Number}", run.GetProperty("changes")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);

        var told = (await bench.House.GetAsync("/api/v1/main/syncs/system/sync")).GetProperty("proposals")[0];
        Assert.Equal(pull.Number, told.GetProperty("number").GetInt32());
        Assert.EndsWith($"/acme/flows/pull/{pull.Number}", told.GetProperty("url").GetString(), StringComparison.Ordinal);

        // Nothing moved: nobody is asked anything.
        var calls = bench.Calls.Count();
        await bench.RunAsync();
        Assert.Equal(calls, bench.Calls.Count());

        // One more edit: the same pull request, made anew on one commit, for one call where its table stays.
        bench.Edit(1, "edited again");
        await bench.RunAsync();
        Assert.Equal((1, 0), (bench.Pulls.Count, pull.Edits));
        Assert.Equal(calls + 1, bench.Calls.Count());
        bench.Edit(4, "one more");
        await bench.RunAsync();
        Assert.Equal((1, 1), (bench.Pulls.Count, pull.Edits));
        Assert.Equal(2, bench.Git.Log(ProposalBench.Repository, Work).Count);
        Assert.Equal(House.Flow("sync", 1, "edited again"), bench.FileOf(Work, "flows/flow1.yml"));

        // Merged: the next run finds both equal, and takes the branch away.
        bench.Bench.GitHub.Pulls.Merge(pull);
        var merged = await bench.RunAsync();
        Assert.Equal((0, 3), (House.Count(merged, "updated"), House.Count(merged, "unchanged")));
        Assert.Null(bench.Git.Tip(ProposalBench.Repository, Work));
        Assert.Single(bench.Pulls);
    }

    [Fact]
    public async Task What_a_reviewer_committed_on_the_branch_stays_and_a_pull_request_with_nothing_left_to_say_is_closed()
    {
        await using var bench = await ProposalBench.OpenAsync("PushFlows", "branch: edits\nsourceNamespace: team.sync\ntargetNamespace: team.sync\ndelete: false", "pullRequest: { base: main, title: \"From {{ flow.namespace }}\" }");
        bench.Bench.Commit(("flows/flow1.yml", House.Flow("sync", 1, "first")), ("flows/flow2.yml", House.Flow("sync", 2, "first")));
        bench.Edit(1, "edited");
        bench.Edit(2, "first");
        await bench.Bench.Service.StartAsync();
        await bench.RunAsync();
        var pull = Assert.Single(bench.Pulls);
        Assert.Equal(("edits", "main", "From system"), (pull.Branch, pull.Base, pull.Title));

        // Somebody mends it there; then both flows are edited in Kestra once more.
        var theirs = bench.Commit("edits", "flows/flow1.yml", House.Flow("sync", 1, "mended by a reviewer"));
        bench.Edit(1, "edited again");
        bench.Edit(2, "second");
        await bench.RunAsync();
        Assert.Equal(House.Flow("sync", 1, "mended by a reviewer"), bench.FileOf("edits", "flows/flow1.yml"));
        Assert.Equal(House.Flow("sync", 2, "second"), bench.FileOf("edits", "flows/flow2.yml"));
        Assert.Contains(bench.Git.Log(ProposalBench.Repository, "edits"), c => c.Id == theirs);
        Assert.Contains("left as they are here: `flows/flow1.yml`", pull.Body, StringComparison.Ordinal);

        // Taken back in Kestra: what is only ours goes; their commit keeps the pull request open.
        bench.Edit(1, "first");
        bench.Edit(2, "first");
        await bench.RunAsync();
        Assert.Equal(House.Flow("sync", 2, "first"), bench.FileOf("edits", "flows/flow2.yml"));
        Assert.Equal("open", pull.State);
    }

    [Fact]
    public async Task A_pull_request_that_somebody_closed_comes_back_with_something_new_only()
    {
        await using var bench = await ProposalBench.OpenAsync("PushFlows", Push + "\ndelete: false", "pullRequest: true");
        bench.Bench.Commit(("flows/flow1.yml", House.Flow("sync", 1, "first")));
        bench.Edit(1, "edited");
        await bench.Bench.Service.StartAsync();
        await bench.RunAsync();
        bench.Bench.GitHub.Pulls.Close(bench.Pulls[0]);

        // The branch moves for another reason, so everything is looked at again.
        bench.Bench.Commit(("flows/flow1.yml", House.Flow("sync", 1, "first")), ("other.md", "x"), ("flows/other.txt", "y"));
        await bench.RunAsync();
        Assert.Single(bench.Pulls);

        bench.Edit(1, "edited again");
        await bench.RunAsync();
        Assert.Equal(["closed", "open"], bench.Pulls.Select(p => p.State));

        // Taken back: closed, and the branch gone.
        bench.Edit(1, "first");
        await bench.RunAsync();
        Assert.Equal(["closed", "closed"], bench.Pulls.Select(p => p.State));
        Assert.Null(bench.Git.Tip(ProposalBench.Repository, Work));
    }

    [Fact]
    public async Task An_answer_that_was_lost_makes_no_second_pull_request_and_an_unknown_reviewer_fails_nothing()
    {
        await using var bench = await ProposalBench.OpenAsync("PushFlows", Push + "\ndelete: false", "pullRequest: { reviewers: stranger }");
        var posts = 0;
        bench.Bench.GitHub.Troubles = (method, path) => method == "POST" && path.EndsWith("/pulls", StringComparison.Ordinal) && Interlocked.Increment(ref posts) == 1 ? Trouble.BadGateway with { Done = true } : null;
        bench.Bench.House.Settings["Runs__RetryDelay"] = "PT0.2S";
        bench.Bench.Commit(("notes.md", "x"));
        bench.Edit(1, "new");
        await bench.Bench.Service.StartAsync();
        var run = await bench.RunAsync();
        Assert.Equal((2, 1), (House.Attempt(run), bench.Pulls.Count));
        Assert.Equal(House.Flow("sync", 1, "new"), bench.FileOf(Work, "flows/flow1.yml"));
    }

    [Fact]
    public async Task Edits_of_Kestra_end_as_a_pull_request_instead_of_being_lost()
    {
        await using var bench = await ProposalBench.OpenAsync("SyncFlows", "branch: main\ntargetNamespace: team.sync\ndelete: true", "onDrift: pullRequest\ndriftInterval: PT1S\nmaxDeletes: 100\nmaxDeletePercent: 100");
        // In Git the file names another namespace, and keeps it.
        bench.Bench.Commit(("flows/flow1.yml", House.Flow("sync", 1, "first").Replace("team.sync", "anything", StringComparison.Ordinal)), ("flows/flow2.yml", House.Flow("sync", 2, "first")), ("flows/flow3.yml", House.Flow("sync", 3, "first")));
        await bench.Bench.Service.StartAsync();
        await bench.RunAsync();
        Assert.Empty(bench.Calls);

        // No push: the look for drift finds it, and a run makes the pull request.
        bench.Edit(1, "edited in Kestra");
        bench.Edit(9, "made in Kestra");
        Assert.True(bench.House.Kestra.State.DeleteFlow("team.sync", "flow3"));
        await bench.Bench.UntilAsync(() => bench.Pulls.Count == 1 && bench.FileOf(Work, "flows/flow3.yml") is null);
        var pull = bench.Pulls[0];
        Assert.Equal((Work, "main", "Edits made in Kestra: system/sync"), (pull.Branch, pull.Base, pull.Title));
        Assert.Equal(House.Flow("sync", 1, "edited in Kestra").Replace("team.sync", "anything", StringComparison.Ordinal), bench.FileOf(Work, "flows/flow1.yml"));
        Assert.Equal(House.Flow("sync", 9, "made in Kestra"), bench.FileOf(Work, "flows/flow9.yml"));
        Assert.Contains("\nKestra-Edited: flow team.sync/flow9", bench.Git.Log(ProposalBench.Repository, Work)[0].Message, StringComparison.Ordinal);

        // A push beside it applies what it brings, and leaves the edits alone.
        bench.Commit("main", "flows/flow2.yml", House.Flow("sync", 2, "second"));
        await bench.RunAsync();
        Assert.Contains("second", bench.House.Kestra.State.GetFlow("team.sync", "flow2")!.Source, StringComparison.Ordinal);
        Assert.Contains("edited in Kestra", bench.House.Kestra.State.GetFlow("team.sync", "flow1")!.Source, StringComparison.Ordinal);
        Assert.Single(bench.Pulls);

        bench.Bench.GitHub.Pulls.Merge(pull);
        var run = await bench.RunAsync();
        Assert.Equal(0, House.Count(run, "kept") + House.Count(run, "updated") + House.Count(run, "deleted"));
        await bench.Bench.UntilAsync(() => bench.Git.Tip(ProposalBench.Repository, Work) is null);
        Assert.Contains("edited in Kestra", bench.House.Kestra.State.GetFlow("team.sync", "flow1")!.Source, StringComparison.Ordinal);
        Assert.Null(bench.House.Kestra.State.GetFlow("team.sync", "flow3"));
    }

    [Fact]
    public async Task Files_and_flows_that_were_edited_are_offered_together_to_where_they_came_from()
    {
        await using var bench = await ProposalBench.OpenAsync("NamespaceSync", "branch: main\nnamespace: team.sync\nsourceOfTruth: GIT\nwhenMissingInSource: DELETE", "onDrift: pullRequest\ndriftInterval: PT0S");
        bench.Bench.Commit(("flows/team.sync/flows/flow1.yml", House.Flow("sync", 1, "first")), ("flows/team.sync/files/a.txt", "a"), ("flows/team.sync/files/gone.txt", "gone"));
        await bench.Bench.Service.StartAsync();
        await bench.RunAsync();
        var large = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i}\n"));
        bench.Edit(1, "edited");
        bench.Edit(2, "new");
        bench.House.Kestra.State.PutFile("team.sync", "/a.txt", large);
        bench.House.Kestra.State.PutFile("team.sync", "/sub/new.txt", "new");
        bench.House.Kestra.State.DeleteFile("team.sync", "/gone.txt");
        var run = await bench.RunAsync();
        Assert.Equal(5, House.Count(run, "kept"));
        Assert.Single(bench.Pulls);
        var files = bench.Git.Files(ProposalBench.Repository, Work).Where(f => f.Key.StartsWith("flows/", StringComparison.Ordinal)).ToDictionary(f => f.Key, f => f.Value.Text);
        Assert.Equal(["flows/team.sync/files/a.txt", "flows/team.sync/files/sub/new.txt", "flows/team.sync/flows/flow1.yml", "flows/team.sync/flows/flow2.yaml"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((large, "new"), (files["flows/team.sync/files/a.txt"], files["flows/team.sync/files/sub/new.txt"]));
        Assert.Equal(House.Flow("sync", 1, "edited"), files["flows/team.sync/flows/flow1.yml"]);

        bench.Bench.GitHub.Pulls.Merge(bench.Pulls[0]);
        var merged = await bench.RunAsync();
        Assert.Equal((0, 4), (House.Count(merged, "kept"), House.Count(merged, "unchanged")));
    }

    [Fact]
    public async Task Without_GitHub_nothing_is_pushed_and_the_error_says_what_to_set()
    {
        await using var bench = await ProposalBench.OpenAsync("PushFlows", Push, "pullRequest: true");
        bench.House.Settings.Remove("GitHub__Token");
        var main = bench.Bench.Commit(("notes.md", "x"));
        bench.Edit(1, "new");
        await bench.Bench.Service.StartAsync();
        var run = await bench.RunAsync("failed");
        Assert.Contains("Set GitHub:Token", run.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal((main, null), (bench.Git.Tip(ProposalBench.Repository, "main"), bench.Git.Tip(ProposalBench.Repository, Work)));
    }
}

using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>Every recorded run of NamespaceSync and TenantSync, done again by this product: the same Git and Kestra afterwards, or better ones on purpose.</summary>
public sealed partial class RecordedWholeTests
{
    /// <summary>Where we differ, and why.</summary>
    /// <param name="Git">What Git lacks that was recorded.</param>
    /// <param name="Rows">Rows that we have and the recording has not, or the other way round (with a minus before them).</param>
    private sealed record Difference(string Why, string[] Git, string[] Rows);

    private static readonly Dictionary<string, Difference> Differences = new()
    {
        ["tenantsync-defaults"] = new("a flow's file goes whatever it ends with; plugin-git deletes y.yaml, which is not there, and leaves y.yml", ["main:company.team/flows/y.yml"], ["company.team/flows/y.yml"]),
        ["namespacesync-invalid"] = new("what was not written is no row of its own; plugin-git calls it added", [], ["-added FLOW bad"]),
    };

    private static readonly Table<Outcome> All = new(RepeatAsync);

    private sealed record Outcome(
        Run? Run, string Refusal, SortedDictionary<string, string> Git, SortedDictionary<string, string> Kestra, IReadOnlyList<string> Commits, IReadOnlyList<RecordedCall> Unknown);

    public static TheoryData<string> Cases => [.. Names];

    private static IEnumerable<string> Names => Recording.Cases("namespacesync-*.json", "tenantsync-*.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_recorded_run_ends_as_plugin_git_ended_it_or_better(string name)
    {
        var outcome = await All.OutcomeAsync(name, Names);
        var recording = Recording.Of(name);
        var difference = Differences.GetValueOrDefault(Recording.Name(name));
        var git = recording.GitAfter;
        foreach (var path in difference?.Git ?? []) Assert.True(git.Remove(path), difference!.Why);
        Assert.Equal(git, outcome.Git);
        Assert.Equal(recording.Held("after"), outcome.Kestra);
        Assert.Equal(recording.CommitsAfter, outcome.Commits);
        Assert.Empty(outcome.Unknown);
        if (recording.Json["runs"]![0]!["state"]!.GetValue<string>() == "REFUSED")
        {
            Assert.Contains("commitMessage", outcome.Refusal, StringComparison.Ordinal);
            return;
        }

        Assert.True(recording.States.SequenceEqual([outcome.Run!.State]), $"{outcome.Run}");
        if (outcome.Run.State == "succeeded") Assert.Equal(RowsOf(recording, difference), OurRows(outcome.Run, recording));
    }

    [Fact]
    public async Task An_error_names_what_is_missing_or_wrong_and_that_nothing_was_written()
    {
        foreach (var (name, words) in new[]
        {
            ("tenantsync-git-fail", new[] { "in Kestra and not in Git", "FAIL", "nothing was written" }), ("tenantsync-kestra-fail", ["in Git and not in Kestra", "FAIL"]),
            ("namespacesync-git-fail", ["in Kestra and not in Git", "company.team/k"]), ("namespacesync-kestra-fail", ["in Git and not in Kestra", "company.team/y"]),
            ("tenantsync-invalid-fail", ["company.team/flows/bad.yaml", "Invalid type: io.kestra.plugin.nope.Nope", "nothing was written"]),
        })
            (await All.OutcomeAsync(name + " on 2.0", Names)).Run!.Failed(words);
    }

    /// <summary>As "action KIND id" on the way to Kestra, as the changed path on the way to Git.</summary>
    private static IEnumerable<string> RowsOf(Recording recording, Difference? difference)
    {
        var text = recording.Json["runs"]![0]!["outputs"]?["diff.rows"]?.GetValue<string>() ?? "";
        var rows = ToGit(recording)
            ? GitRow().Matches(text).Select(m => m.Groups["file"].Value).Where(f => !f.EndsWith("system/flows/runner.yaml", StringComparison.Ordinal))
            : KestraRow().Matches(text).Select(m => $"{m.Groups["action"].Value.ToLowerInvariant()} {m.Groups["kind"].Value} {m.Groups["id"].Value}");
        var less = difference?.Rows.Where(r => r.StartsWith('-')).Select(r => r[1..]).ToHashSet() ?? [];
        return rows.Where(r => !less.Contains(r)).Concat(difference?.Rows.Where(r => !r.StartsWith('-')) ?? []).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> OurRows(Run run, Recording recording) =>
        run.Json["changes"]!.AsArray().Select(r => (Action: r!["action"]!.GetValue<string>(), Row: r)).Where(r => r.Action is "added" or "updated" or "deleted")
            .Select(r => ToGit(recording) ? r.Row["path"]!.GetValue<string>() : $"{r.Action} {r.Row["kind"]!.GetValue<string>().ToUpperInvariant()} {r.Row["id"]}")
            .Order(StringComparer.Ordinal);

    private static bool ToGit(Recording recording) => !recording.Properties.Contains("sourceOfTruth: GIT", StringComparison.Ordinal);

    private static async Task<Outcome> RepeatAsync(string name)
    {
        var recording = Recording.Of(name);
        await using var one = await recording.StartAsync(name);

        var (run, refusal) = (default(Run), "");
        if (recording.Json["runs"]![0]!["state"]!.GetValue<string>() == "REFUSED")
        {
            refusal = await RefusalAsync(one, one.Task(recording.Properties, recording.Type));
        }
        else
        {
            await one.DefineAsync(one.Task(recording.Properties, recording.Type), SyncCase.NoBudget);
            run = await one.RunAsync();
        }

        string[] branches = ["main", "fresh"];
        return new Outcome(
            run, refusal, one.Blobs(branches), one.Held("company", "company.team", "company.team.child", "system"), one.Made(branches), one.Kestra.UnknownCalls);
    }

    /// <summary>What is said of a definition that Kestra refuses as well.</summary>
    private static async Task<string> RefusalAsync(SyncCase one, string task)
    {
        one.Write($"id: {one.Name}\nnamespace: system\ntasks:\n{task}");
        var said = "";
        await Wait.UntilAsync(
            async () =>
            {
                using var answer = await one.AskAsync();
                if (answer.StatusCode != HttpStatusCode.Conflict) return false;
                said = await answer.Content.ReadAsStringAsync();
                return true;
            },
            TimeSpan.FromSeconds(60), () => $"the definition of {one.Name} was not refused");
        return said;
    }

    [GeneratedRegex("\"file\":\"(?<file>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex GitRow();

    [GeneratedRegex("key:\"([^\":]*:)?(?<id>[^\"]*)\",kind:\"(?<kind>[A-Z]+)\",action:\"(?<action>[A-Z]+)(_KES|_GIT)?\"", RegexOptions.ExplicitCapture)]
    private static partial Regex KestraRow();
}

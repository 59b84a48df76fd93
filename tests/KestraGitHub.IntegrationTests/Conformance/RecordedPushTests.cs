using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>Every recorded run of PushFlows and PushNamespaceFiles, done again by this product: the same Git, or a better one on purpose.</summary>
public sealed class RecordedPushTests
{
    /// <summary>Where we differ, and why.</summary>
    /// <param name="Rows">What the run says that it wrote; null: as recorded.</param>
    /// <param name="LikeThat">The recording whose Git after the run is right here too; null: this one's.</param>
    private sealed record Difference(string Why, string[]? Rows = null, string? LikeThat = null);

    private static readonly Dictionary<string, Difference> Differences = new()
    {
        ["pushfiles-all"] = new("files: \"*\" means all files, as Kestra's own page says; plugin-git pushes none", ["_files/a.txt", "_files/bin", "_files/dir/b.py", "_files/dir/deep/c.sql"], "pushfiles-default"),
        ["pushflows-unchanged"] = new("nothing changes, so nothing is said to; plugin-git lists every file as added", []),
    };

    private static readonly Table<Outcome> All = new(RepeatAsync);

    private sealed record Outcome(Run Run, SortedDictionary<string, string> Git, IReadOnlyList<string> Commits, IReadOnlyList<RecordedCall> Unknown);

    public static TheoryData<string> Cases => [.. Names];

    private static IEnumerable<string> Names => Recording.Cases("push*.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_recorded_push_ends_as_plugin_git_ended_it_or_better(string name)
    {
        var outcome = await All.OutcomeAsync(name, Names);
        var recording = Recording.Of(name);
        var difference = Differences.GetValueOrDefault(Recording.Name(name));
        outcome.Run.Succeeded();
        var like = difference?.LikeThat is { } other ? Recording.Load(other) : recording;
        Assert.Equal(like.GitAfter, outcome.Git);
        Assert.Equal(like.CommitsAfter, outcome.Commits);
        Assert.Equal(
            difference?.Rows ?? recording.Pushed, outcome.Run.Rows.Where(r => r.Action is "added" or "updated" or "deleted").Select(r => r.Path).Order(StringComparer.Ordinal));
        Assert.Empty(outcome.Unknown);
    }

    private static async Task<Outcome> RepeatAsync(string name)
    {
        var recording = Recording.Of(name);
        await using var one = await recording.StartAsync(name);
        await one.DefineAsync(one.Task(recording.Properties, recording.Type), SyncCase.NoBudget);
        var run = await one.RunAsync();
        string[] branches = ["main", "feature"];
        return new Outcome(run, one.Blobs(branches), one.Made(branches), one.Kestra.UnknownCalls);
    }
}

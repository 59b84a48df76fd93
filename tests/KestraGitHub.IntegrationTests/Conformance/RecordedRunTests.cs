using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>Every recorded run of SyncFlow, SyncFlows and SyncNamespaceFiles, done again by this product: the same result, or a better one on purpose.</summary>
public sealed class RecordedRunTests
{
    /// <summary>Where we differ, and why.</summary>
    /// <param name="After">Null: what was there before stays.</param>
    private sealed record Difference(string Why, string[] States, string Error = "", Func<Recording, SortedDictionary<string, string>>? After = null);

    private static readonly Dictionary<string, Difference> Differences = new()
    {
        ["syncflows-twice"] = new("the second run of plugin-git fails after it has written", ["succeeded", "succeeded"], After: r => r.Held("after")),
        ["syncflows-missing-branch"] = new("a missing branch is no other branch", ["failed"], "'nope'"),
        ["syncflows-duplicate-id"] = new("neither of two flows of one id wins in silence", ["failed"], "_flows/b.yaml"),
        ["syncflows-leading-dashes"] = new("a leading --- is plain YAML, and is stored as it stands", ["succeeded"],
            After: r => new(StringComparer.Ordinal) { ["prod/a"] = "---" + r.Held("after")["prod/a"] }),
        ["syncflows-other-files"] = new("only YAML files are flows", ["succeeded"], After: _ => new(StringComparer.Ordinal) { ["prod/a"] = SyncCase.Flow("a").TrimEnd() }),
        ["syncfiles-whole-repository"] = new("git's own files are never uploaded", ["succeeded"], After: r =>
            new(r.Held("after").Where(f => !f.Key.Contains(".git", StringComparison.Ordinal)).ToDictionary(), StringComparer.Ordinal)),
    };

    // Recorded where those files were there already, whatever `before` says.
    private static readonly HashSet<string> RowsUnlikeBefore = ["syncfiles-first"];

    private static readonly Table<Outcome> All = new(RepeatAsync);

    private sealed record Outcome(IReadOnlyList<Run> Runs, SortedDictionary<string, string> After, IReadOnlyList<RecordedCall> Unknown);

    public static TheoryData<string> Cases => [.. Names];

    private static IEnumerable<string> Names => Recording.Cases("syncflow*.json", "syncfiles-*.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_recorded_run_ends_as_plugin_git_ended_it_or_better(string name)
    {
        var outcome = await All.OutcomeAsync(name, Names);
        var recording = Recording.Of(name);
        var difference = Differences.GetValueOrDefault(Recording.Name(name));
        var run = outcome.Runs[0];
        Assert.True((difference?.States ?? recording.States).SequenceEqual(outcome.Runs.Select(r => r.State)), $"{difference?.Why}\n{string.Join('\n', outcome.Runs)}");
        Assert.Contains(difference?.Error ?? "", run.Error, StringComparison.Ordinal);
        Assert.Equal(difference is null ? recording.Held("after") : difference.After?.Invoke(recording) ?? recording.Held("before"), outcome.After);
        if (difference is null && run.State == "succeeded" && !RowsUnlikeBefore.Contains(Recording.Name(name))) Assert.Equal(string.Join(", ", recording.Rows), run.Written);
        Assert.Empty(outcome.Unknown);
    }

    [Fact]
    public async Task The_error_of_an_invalid_flow_names_the_file_and_what_Kestra_said()
    {
        (await All.OutcomeAsync("syncflows-invalid on 2.0", Names)).Runs[0].Failed("_flows/b.yaml", "Invalid type: io.kestra.plugin.nope.Nope", "nothing was written");
        (await All.OutcomeAsync("syncflows-no-namespace-line on 2.0", Names)).Runs[0].Failed("_flows/a.yaml", "namespace", "nothing was written");
        (await All.OutcomeAsync("syncflows-missing-directory on 2.0", Names)).Runs[0].Failed("'nope'", "main");
    }

    private static async Task<Outcome> RepeatAsync(string name)
    {
        var recording = Recording.Of(name);
        await using var one = await recording.StartAsync(name);
        await one.DefineAsync(one.Task(recording.Properties, recording.Type), SyncCase.NoBudget);
        List<Run> runs = [];
        foreach (var _ in recording.States) runs.Add(await one.RunAsync());
        return new Outcome(runs, one.Held("prod"), one.Kestra.UnknownCalls);
    }
}

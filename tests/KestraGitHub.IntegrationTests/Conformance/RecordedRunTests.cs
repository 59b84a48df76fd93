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

    private static IEnumerable<string> Names =>
        Recording.Names("syncflow*.json").Concat(Recording.Names("syncfiles-*.json")).SelectMany(n => new[] { $"{n} on 2.0", $"{n} on 1.3" });

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_recorded_run_ends_as_plugin_git_ended_it_or_better(string name)
    {
        var outcome = await All.OutcomeAsync(name, Names);
        var recording = Recording.Load(name.Split(' ')[0]);
        var difference = Differences.GetValueOrDefault(name.Split(' ')[0]);
        var run = outcome.Runs[0];
        Assert.True((difference?.States ?? recording.States).SequenceEqual(outcome.Runs.Select(r => r.State)), $"{difference?.Why}\n{string.Join('\n', outcome.Runs)}");
        Assert.Contains(difference?.Error ?? "", run.Error, StringComparison.Ordinal);
        Assert.Equal(difference is null ? recording.Held("after") : difference.After?.Invoke(recording) ?? recording.Held("before"), outcome.After);
        if (difference is null && run.State == "succeeded" && !RowsUnlikeBefore.Contains(name.Split(' ')[0])) Assert.Equal(string.Join(", ", recording.Rows), run.Written);
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
        var recording = Recording.Load(name.Split(' ')[0]);
        await using var one = await SyncCase.StartAsync(version: name.Split(' ')[^1]);
        foreach (var (branch, files) in recording.Branches) one.Commit(files, branch);
        foreach (var (_, source) in recording.Json["before"]!["flows"]!.AsObject()) one.Kestra.State.PutFlow(source!.GetValue<string>());
        foreach (var (ns, files) in recording.Json["before"]!["files"]!.AsObject())
        foreach (var (path, text) in files!.AsObject()) one.Kestra.State.PutFile(ns, "/" + path, text!.GetValue<string>());

        await one.DefineAsync(one.Task(recording.Properties, recording.Type));
        List<Run> runs = [];
        foreach (var _ in recording.States) runs.Add(await one.RunAsync());
        var after = new SortedDictionary<string, string>(one.Flows, StringComparer.Ordinal);
        foreach (var path in one.Kestra.State.ListFiles("prod")) after[$"prod:{path.TrimStart('/')}"] = Convert.ToHexString(one.Kestra.State.GetFile("prod", path)!);
        return new Outcome(runs, after, one.Kestra.UnknownCalls);
    }
}

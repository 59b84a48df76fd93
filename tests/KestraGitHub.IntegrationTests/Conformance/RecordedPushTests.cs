using System.Text.Json.Nodes;
using KestraGitHub.Reconciliation;
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

    private static IEnumerable<string> Names => Recording.Names("push*.json").SelectMany(n => new[] { $"{n} on 2.0", $"{n} on 1.3" });

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_recorded_push_ends_as_plugin_git_ended_it_or_better(string name)
    {
        var outcome = await All.OutcomeAsync(name, Names);
        var recording = Recording.Load(name.Split(' ')[0]);
        var difference = Differences.GetValueOrDefault(name.Split(' ')[0]);
        outcome.Run.Succeeded();
        var like = difference?.LikeThat is { } other ? Recording.Load(other) : recording;
        Assert.Equal(GitOf(like.Json["after"]!["git"]!), outcome.Git);
        Assert.Equal(
            like.Json["after"]!["commits"]!.AsObject().SelectMany(b => b.Value!.AsArray().Select(c => $"{b.Key}: {c!["message"]}")).Order(StringComparer.Ordinal), outcome.Commits);
        Assert.Equal(
            difference?.Rows ?? recording.Pushed, outcome.Run.Rows.Where(r => r.Action is "added" or "updated" or "deleted").Select(r => r.Path).Order(StringComparer.Ordinal));
        Assert.Empty(outcome.Unknown);
    }

    private static SortedDictionary<string, string> GitOf(JsonNode git)
    {
        var held = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (branch, files) in git.AsObject())
        foreach (var (path, content) in files!.AsObject())
            held[$"{branch}:{path}"] = BlobHash.Of(Recording.Bytes(content!));
        return held;
    }

    private static async Task<Outcome> RepeatAsync(string name)
    {
        var recording = Recording.Load(name.Split(' ')[0]);
        await using var one = await SyncCase.StartAsync(version: name.Split(' ')[^1]);
        foreach (var (branch, files) in recording.Branches) one.Commit(files, branch);
        foreach (var (_, source) in recording.Json["before"]!["flows"]!.AsObject()) one.Kestra.State.PutFlow(source!.GetValue<string>());
        foreach (var (ns, files) in recording.Json["before"]!["files"]!.AsObject())
        foreach (var (path, content) in files!.AsObject()) one.Kestra.State.PutFile(ns, "/" + path, Recording.Bytes(content!));

        await one.DefineAsync(one.Task(recording.Properties, recording.Type));
        var run = await one.RunAsync();
        string[] branches = ["main", "feature"];
        var git = new SortedDictionary<string, string>(
            branches.SelectMany(b => one.Git.Files(one.Repository, b).Select(f => KeyValuePair.Create($"{b}:{f.Key}", f.Value.Id))).ToDictionary(), StringComparer.Ordinal);
        var made = branches.SelectMany(b => one.Log(b).Where(c => c.Message.Contains("Kestra-Run:", StringComparison.Ordinal)).Select(c => $"{b}: {c.Message.Split("\n\n")[0]}"));
        return new Outcome(run, git, [.. made.Order(StringComparer.Ordinal)], one.Kestra.UnknownCalls);
    }
}

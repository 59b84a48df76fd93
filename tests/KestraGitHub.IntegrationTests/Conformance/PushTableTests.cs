using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>PushFlows and PushNamespaceFiles: the rows of plugin-git's own tests (C-PF, C-PN), each on both versions of Kestra.</summary>
public sealed class PushTableTests
{
    private const string S = "source.ns";
    private const string T = "target.ns";
    private const string Branch = "branch-that-is-new";
    private const string Flows = $"branch: {Branch}\ngitDirectory: my-flows\nsourceNamespace: {S}\n";
    private const string Files = $"branch: {Branch}\ngitDirectory: my-files\nnamespace: {S}\n";
    private const string Author = "commitMessage: \"Push from CI - {{ vars.description }}\"\nauthorName: A Robot\nauthorEmail: robot@example.org\n";
    private const string Moved = $"targetNamespace: {T}\nincludeChildNamespaces: true\n" + Author;

    private const string AsAuthor = "A Robot <robot@example.org>";

    /// <param name="Properties">Beside those of all rows.</param>
    /// <param name="Written">What the run says that it wrote, without its namespace.</param>
    /// <param name="After">The files of the directory afterwards; null where the branch is not to be there.</param>
    private sealed record Push(string Properties, string Written, string[]? After)
    {
        public string[] DeletedBefore { get; init; } = [];
        public string By { get; init; } = AsAuthor;
        public string[] Error { get; init; } = [];
        public string Message { get; init; } = "Push from CI - One-task push";
    }

    /// <param name="Flows">Id, and namespace below the source's.</param>
    private sealed record Row(string Type, string[] Holds, params Push[] Pushes)
    {
        public Dictionary<string, SandboxFile> Before { get; init; } = [];
        public string? WhyOtherwise { get; init; }
    }

    private static readonly string[] Three = ["first-flow", "sub-namespace/second-flow", "third-flow"];
    private static readonly string[] TwoFiles = ["first-file.txt", "nested/second-file.txt"];
    private const string Second = "added source.ns.sub-namespace/second-flow";
    private const string SecondFile = "my-flows/sub-namespace/second-flow.yml";

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["C-PF-1 SingleRegex"] = new("PushFlows", Three[..2], new Push(Flows + Moved + "flows: second*", Second, [SecondFile])),
        ["C-PF-2 noTarget noSource"] = new("PushFlows", ["=system/first-flow", "=system.sub-namespace/second-flow"],
            new Push($"branch: {Branch}\ngitDirectory: my-flows\nincludeChildNamespaces: true\nflows: second*\n{Author}", "added system.sub-namespace/second-flow", [SecondFile])),
        ["C-PF-3 SingleRegexDryRun"] = new("PushFlows", Three[..2], new Push(Flows + Moved + "flows: second*\ndryRun: true", Second, null)),
        ["C-PF-4 DeleteScopedToRegex"] = new("PushFlows", [.. Three[..2], "second-deleted-after-push"],
            new Push(Flows + Moved, $"{Second}, added {S}/first-flow, added {S}/second-deleted-after-push", ["my-flows/first-flow.yml", "my-flows/second-deleted-after-push.yml", SecondFile]),
            new Push(Flows + Moved + "flows: second*", $"deleted {S}/second-deleted-after-push", ["my-flows/first-flow.yml", SecondFile]) { DeletedBefore = ["second-deleted-after-push"] }),
        ["C-PF-5 NoRegex"] = new("PushFlows", ["some-flow", "sub-namespace/some-flow"],
            new Push(Flows + Moved, $"added {S}.sub-namespace/some-flow, added {S}/some-flow", ["my-flows/some-flow.yml", "my-flows/sub-namespace/some-flow.yml"])),
        ["C-PF-6 MultipleRegex, one expression"] = new("PushFlows", Three,
            new Push(Flows + Moved + "flows: \"{{ vars.both }}\"", $"{Second}, added {S}/first-flow", ["my-flows/first-flow.yml", SecondFile])),
        ["C-PF-6 MultipleRegex, a list"] = new("PushFlows", Three,
            new Push(Flows + Moved + "flows: [\"{{ vars.one }}\", \"{{ vars.two }}\"]", $"{Second}, added {S}/first-flow", ["my-flows/first-flow.yml", SecondFile])),
        ["C-PF-7 NoChildNs NoAuthorName"] = new("PushFlows", ["some-flow", "sub-namespace/some-flow"],
            new Push(Flows + "authorEmail: robot@example.org\nusername: some-user", $"added {S}/some-flow", ["my-flows/some-flow.yml"]) { By = "some-user <robot@example.org>", Message = $"Add flows from {S} namespace" }),
        ["C-PF-7 NoChildNs NoAuthorName, the user is a secret"] = new("PushFlows", ["some-flow"],
            new Push(Flows + "authorEmail: robot@example.org\nusername: \"{{ secret('TOKEN_OF_GIT') }}\"", $"added {S}/some-flow", ["my-flows/some-flow.yml"])
            { By = "KestraGitHub <robot@example.org>", Message = $"Add flows from {S} namespace" }) { WhyOtherwise = "plugin-git writes the token into the commit as its author's name" },
        ["C-PF-8 NoAuthor"] = new("PushFlows", ["some-flow"],
            new Push(Flows, $"added {S}/some-flow", ["my-flows/some-flow.yml"]) { By = "KestraGitHub <kestra-github@localhost>", Message = $"Add flows from {S} namespace" }),
        ["C-PF-9 DeletePropertyFalse"] = new("PushFlows", ["keep-flow", "delete-from-kestra"],
            new Push(Flows + Author + "delete: false", $"added {S}/delete-from-kestra, added {S}/keep-flow", ["my-flows/delete-from-kestra.yml", "my-flows/keep-flow.yml"]),
            new Push(Flows + Author + "delete: false", "", ["my-flows/delete-from-kestra.yml", "my-flows/keep-flow.yml"]) { DeletedBefore = ["delete-from-kestra"] },
            new Push(Flows + Author + "delete: true", $"deleted {S}/delete-from-kestra", ["my-flows/keep-flow.yml"])),
        ["C-PF-10 ExcludesDraftFlows"] = new("PushFlows", ["first-flow", "?second-flow-draft"], new Push(Flows + Author, $"added {S}/first-flow", ["my-flows/first-flow.yml"])),

        ["C-PN-1 SingleRegex"] = new("PushNamespaceFiles", TwoFiles,
            new Push(Files + Author + "files: nested/*", $"added {S}/nested/second-file.txt", ["my-files/nested/second-file.txt"])),
        ["C-PN-2 SingleRegexDryRun"] = new("PushNamespaceFiles", TwoFiles,
            new Push(Files + Author + "files: second*\ndryRun: true", $"added {S}/nested/second-file.txt", null)),
        ["C-PN-3 DeleteScopedToRegex"] = new("PushNamespaceFiles", [.. TwoFiles, "second-deleted-after-second-push.txt"],
            new Push(Files + Author, $"added {S}/first-file.txt, added {S}/nested/second-file.txt, added {S}/second-deleted-after-second-push.txt",
                ["my-files/first-file.txt", "my-files/nested/second-file.txt", "my-files/second-deleted-after-second-push.txt"]),
            new Push(Files + Author + "files: second*", $"deleted {S}/second-deleted-after-second-push.txt", ["my-files/first-file.txt", "my-files/nested/second-file.txt"])
            { DeletedBefore = ["second-deleted-after-second-push.txt"] }),
        ["C-PN-4 NoRegex"] = new("PushNamespaceFiles", TwoFiles,
            new Push(Files + Author, $"added {S}/first-file.txt, added {S}/nested/second-file.txt", ["my-files/first-file.txt", "my-files/nested/second-file.txt"])),
        ["C-PN-5 MultipleRegex"] = new("PushNamespaceFiles", [.. TwoFiles, "third-file.txt"],
            new Push(Files + Author + "files: [\"first*\", \"second*\"]", $"added {S}/first-file.txt, added {S}/nested/second-file.txt", ["my-files/first-file.txt", "my-files/nested/second-file.txt"])),
        ["C-PN-6 NoRegexNoAuthor"] = new("PushNamespaceFiles", ["first-file.txt"],
            new Push(Files, $"added {S}/first-file.txt", ["my-files/first-file.txt"]) { By = "KestraGitHub <kestra-github@localhost>", Message = $"Add files from {S} namespace" }),
        ["C-PN-7 shouldFailIfNoFilesMatched"] = new("PushNamespaceFiles", [],
            new Push(Files + "files: nonexistent-file.txt\nerrorOnMissing: true", "", null) { Error = ["errorOnMissing", S] }),
        ["C-PN-8 kestraIgnore"] = new("PushNamespaceFiles", ["ignored-file.txt", "included.txt"],
            new Push(Files + Author, $"added {S}/included.txt", ["my-files/.kestraignore", "my-files/ignored-dir/existing.txt", "my-files/included.txt"]))
            { Before = new() { ["my-files/.kestraignore"] = "ignored-file.txt\nignored-dir/\n", ["my-files/ignored-dir/existing.txt"] = "pre-existing ignored content" } },
    };

    private static readonly Table<bool> All = new(RepeatAsync);

    public static TheoryData<string> Cases => [.. Names];

    private static IEnumerable<string> Names => Rows.Keys.SelectMany(n => new[] { $"{n} on 2.0", $"{n} on 1.3" });

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_row_of_plugin_git_ends_the_same_or_otherwise_on_purpose(string row) => Assert.True(await All.OutcomeAsync(row, Names));

    private static string Flow(string id, string ns, bool draft = false) =>
        $"id: {id}\nnamespace: {ns}\n\ntasks:\n  - id: my-task\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
        + $"  - id: subflow\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: {S}.sub-namespace\n    flowId: another-flow\n{(draft ? "draft: true\n" : "")}";

    private static async Task<bool> RepeatAsync(string name)
    {
        var (row, version) = (Rows[name[..name.LastIndexOf(" on ", StringComparison.Ordinal)]], name[^3..]);
        await using var one = await SyncCase.StartAsync(version);
        one.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "of people\n" });
        if (row.Before.Count > 0) one.Commit(row.Before, Branch);
        var isFlows = row.Type == "PushFlows";
        foreach (var text in row.Holds) Put(one, isFlows, text);
        foreach (var push in row.Pushes)
        {
            foreach (var gone in push.DeletedBefore) Assert.True(!isFlows || one.Kestra.State.DeleteFlow(S, gone));
            if (!isFlows) foreach (var gone in push.DeletedBefore) one.Kestra.State.DeleteFile(S, "/" + gone);
            await one.DefineAsync(one.Task(push.Properties, row.Type), "variables: {description: One-task push, one: first*, two: second*, both: '[\"first*\",\"second*\"]'}\n");
            var commits = one.Log(Branch);
            Check(one, push, commits, await one.RunAsync());
        }

        Assert.Equal("of people\n", one.Files()["README.md"]);
        Assert.Empty(one.Kestra.UnknownCalls);
        return true;
    }

    private static void Put(SyncCase one, bool isFlows, string text)
    {
        if (!isFlows)
        {
            one.Kestra.State.PutFile(S, "/" + text, text + "\n");
            return;
        }

        var (place, id) = text.Split('/') is [var folder, var last] ? (folder, last) : ("", text);
        var ns = place.StartsWith('=') ? place[1..] : place.Length > 0 ? $"{S}.{place}" : S;
        one.Kestra.State.PutFlow(Flow(id.TrimStart('?'), ns, draft: id.StartsWith('?')));
    }

    private static void Check(SyncCase one, Push push, IReadOnlyList<SandboxCommit> before, Run run)
    {
        if (push.Error.Length > 0) run.Failed(push.Error);
        else Assert.Equal(push.Written, run.Succeeded().Written);
        var (files, log) = (one.Files(Branch), one.Log(Branch));
        Assert.Equal(push.After ?? [], files.Keys.Where(f => f != "README.md").Order(StringComparer.Ordinal));
        foreach (var (path, text) in files.Where(f => f.Key.StartsWith("my-flows/", StringComparison.Ordinal)))
        {
            var id = Path.GetFileNameWithoutExtension(path);
            var root = push.Properties.Contains(T, StringComparison.Ordinal) ? T : push.Properties.Contains(S, StringComparison.Ordinal) ? S : "system";
            var source = Flow(id, path.Contains("sub-namespace", StringComparison.Ordinal) ? $"{root}.sub-namespace" : root);
            Assert.Equal(root == T ? source.Replace(S, T, StringComparison.Ordinal) : source, text);
        }

        if (push.After is null || push.Written.Length == 0)
        {
            Assert.Equal(before, log);
            return;
        }

        Assert.Equal((push.By, push.By), (log[0].Author, log[0].Committer));
        Assert.Equal($"{push.Message}\n\nKestra-Sync: main/system/{one.Name}\nKestra-Run: {run.Json["id"]}", log[0].Message);
        Assert.Equal(log[0].Id, run.Json["revision"]!.GetValue<string>());
        // One commit, on top of what was there: of the branch, or of the default branch where there was none.
        Assert.Equal(before.Count > 0 ? before : one.Log(), log.Skip(1));
    }
}

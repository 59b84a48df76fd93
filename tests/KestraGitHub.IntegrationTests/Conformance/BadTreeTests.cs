using System.Text;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>Repositories as nobody should make them: a clear error or a row with a reason, what is live stays, the service goes on.</summary>
public sealed class BadTreeTests
{
    /// <param name="Error">Words of the error; null when the run succeeds.</param>
    /// <param name="Written">What a run that succeeds writes.</param>
    private sealed record Case(Action<SyncCase> Before, string[]? Error = null, string Written = "added prod/a", string Properties = "", bool Sha256 = false, Func<string, string>? Url = null);

    private static readonly Dictionary<string, SandboxFile> Good = new() { ["_flows/a.yaml"] = SyncCase.Flow("a") };

    private static Case With(params (string Path, SandboxFile File)[] more) =>
        new(c => c.Commit(Good.Concat(more.Select(m => KeyValuePair.Create(m.Path, m.File))).ToDictionary()), Properties: "includeChildNamespaces: true");

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["an empty repository"] = new(_ => { }, ["main"]),
        ["a repository that is not there"] = new(_ => { }, ["no such repository"], Url: u => u.Replace("case-", "gone-", StringComparison.Ordinal)),
        ["another branch only"] = new(c => c.Commit(Good, "develop"), ["'main'"]),
        ["a tag where a branch is asked for"] = new(c => { c.Commit(Good, "develop"); GitSandbox.Run(c.Git.PathOf(c.Repository), ["tag", "main", c.Git.Tip(c.Repository, "develop")!]); }, ["'main'"]),
        ["an orphan branch"] = new(c => { c.Commit(new Dictionary<string, SandboxFile> { ["_flows/x.yaml"] = SyncCase.Flow("x") }); c.Commit(Good, orphan: true); }),
        ["a repository of sha-256"] = new(c => c.Commit(Good), Sha256: true),
        ["links of all kinds"] = With(("_flows/l.yaml", SandboxFile.Link("/etc/passwd")), ("_flows/d", SandboxFile.Link("..")), ("_flows/gone.yml", SandboxFile.Link("gone")), ("_flows/me", SandboxFile.Link("me"))),
        ["a pointer of LFS for a flow"] = With(("_flows/big.yaml", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"))
            with { Error = ["_flows/big.yaml", "LFS"] },
        ["a submodule without its configuration"] = With(("_flows/sub", SandboxFile.Submodule(new string('1', 40)))),
        ["a submodule of a forbidden protocol"] = With((".gitmodules", "[submodule \"s\"]\n\tpath = _flows/sub\n\turl = file:///etc\n"), ("_flows/sub", SandboxFile.Submodule(new string('1', 40))))
            with { Properties = "includeChildNamespaces: true\ncloneSubmodules: true", Error = ["sub", "protocol"] },
        ["a submodule that is an option"] = With((".gitmodules", "[submodule \"../../x\"]\n\tpath = _flows/sub\n\turl = ssh://-oProxyCommand=touch/x\n"), ("_flows/sub", SandboxFile.Submodule(new string('1', 40))))
            with { Properties = "includeChildNamespaces: true\ncloneSubmodules: true", Error = ["sub"] },
        ["attributes with filters"] = With((".gitattributes", "* filter=evil eol=crlf ident export-ignore\n"), ("_flows/.gitattributes", "*.yaml export-ignore\n")),
        ["a path of four thousand letters"] = With((string.Join('/', Enumerable.Repeat(new string('d', 100), 41).Prepend("_flows")) + "/x.yaml", SyncCase.Flow("x"))) with { Error = ["namespace"] },
        ["a folder that makes no namespace"] = With(("_flows/Über Ordner/x.yaml", SyncCase.Flow("x"))) with { Error = ["Über Ordner", "namespace"] },
        ["names with line ends and tabs"] = With(("_flows/a\nb.yaml", SyncCase.Flow("x")), ("_flows/a\tb.yaml", SyncCase.Flow("y"))),
        ["names that differ in case or in how they are composed"] = With(("_flows/A.yaml", SyncCase.Flow("A")), ("_flows/e\u0301.yaml", SyncCase.Flow("e1")), ("_flows/\u00e9.yaml", SyncCase.Flow("e2")))
            with { Written = "added prod/A, added prod/a, added prod/e1, added prod/e2" },
        ["a program as a flow"] = new(c => c.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = new(Encoding.UTF8.GetBytes(SyncCase.Flow("a")), "100755") })),
        ["a tree that names .git and dots"] = new(c => Raw(c, ".git", "..", "."), null),
        ["a directory with dots in it"] = new(c => c.Commit(Good), [".."], Properties: "gitDirectory: ../../etc"),
        ["a directory that begins with a slash"] = new(c => c.Commit(Good), Properties: "gitDirectory: /_flows/"),
        ["a flow of two megabytes"] = With(("_flows/big.yaml", SyncCase.Flow("big", message: new string('x', 2 << 20)))) with { Error = ["_flows/big.yaml", "bytes"] },
    };

    private static readonly Table<(Run Run, Dictionary<string, string> Flows)> All = new(RunAsync);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_bad_tree_loses_nothing_and_says_what_is_wrong(string name)
    {
        var (run, flows) = await All.OutcomeAsync(name, Cases.Keys);
        var one = Cases[name];
        Assert.Contains("prod/live", flows.Keys);
        if (one.Error is { } words) Assert.Equal(1, run.Failed(words).Attempt);
        else if (name.StartsWith("a tree that", StringComparison.Ordinal)) Assert.True(run.State == "failed" || run.Count("skipped") == 3, run.ToString());
        else Assert.Equal(one.Written, run.Succeeded().Written);
    }

    private static async Task<(Run, Dictionary<string, string>)> RunAsync(string name)
    {
        var one = Cases[name];
        await using var sync = await SyncCase.StartAsync(sha256: one.Sha256);
        sync.Kestra.State.PutFlow(SyncCase.Flow("live"));
        one.Before(sync);
        var task = sync.Task("targetNamespace: prod\n" + one.Properties);
        await sync.DefineAsync(one.Url is { } url ? task.Replace(sync.RepositoryUrl, url(sync.RepositoryUrl), StringComparison.Ordinal) : task);
        return (await sync.RunAsync(), sync.Flows);
    }

    private static void Raw(SyncCase one, params string[] names)
    {
        var blob = one.Git.Blob(one.Repository, Encoding.UTF8.GetBytes(SyncCase.Flow("x")));
        one.Git.CommitRaw(one.Repository, "raw", [.. names.Append("a.yaml").Order(StringComparer.Ordinal).Select(n => ("100644", Encoding.UTF8.GetBytes(n), blob))]);
        var tree = GitSandbox.Run(one.Git.PathOf(one.Repository), ["rev-parse", "raw^{tree}"]).Trim();
        one.Git.CommitRaw(one.Repository, "main", [("40000", "_flows"u8.ToArray(), tree)]);
    }

    [Fact]
    public async Task A_history_that_was_rewritten_and_a_repository_that_moved_are_followed()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(Good);
        (await one.SyncAsync("targetNamespace: prod\ndelete: true")).Succeeded();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/b.yaml"] = SyncCase.Flow("b") }, orphan: true);
        Assert.Equal("added prod/b, deleted prod/a", (await one.RunAsync()).Succeeded().Written);
        one.Git.Create("moved-" + one.Repository);
        one.Git.Commit("moved-" + one.Repository, "main", Good);
        await one.DefineAsync(one.Task("targetNamespace: prod\ndelete: true").Replace(one.Repository, "moved-" + one.Repository, StringComparison.Ordinal));
        Assert.Equal("added prod/a, deleted prod/b", (await one.RunAsync()).Succeeded().Written);
    }
}

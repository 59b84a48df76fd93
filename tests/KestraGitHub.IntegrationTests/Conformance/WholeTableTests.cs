using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>NamespaceSync and TenantSync: the rows of plugin-git's own tests and those derived from its code (C-NS, C-TS, X), each on both versions of Kestra.</summary>
public sealed class WholeTableTests
{
    private const string Team = "company.team";
    private const string Fresh = "branch-that-is-new";
    private const string Namespace = $"branch: {Fresh}\nnamespace: {Team}\ngitDirectory: kestra\n";
    private const string Broken = "id: exported-flow\nnamespace: my.namespace\ntasks:\n  - id: x\n    type: io.kestra.plugin.nope.Nope\n";

    /// <param name="Written">What the run says that it wrote.</param>
    private sealed record Step(string Properties, string Written)
    {
        /// <summary>Put into Kestra right before.</summary>
        public string[] Puts { get; init; } = [];

        /// <summary>Words of the error; none: it succeeds.</summary>
        public string[] Error { get; init; } = [];

        /// <summary>Rows that are no write: action and place, and a part of the reason.</summary>
        public (string Action, string Place, string Reason)[] Says { get; init; } = [];

        /// <summary>Files of the branch afterwards without README.md; null: the branch is not there.</summary>
        public string[]? Git { get; init; } = [];

        /// <summary>What Kestra holds afterwards; null: what it held before.</summary>
        public string[]? Kestra { get; init; }
    }

    /// <param name="Holds">Flows of Kestra as <c>namespace/id</c> (a draft with <c>?</c> before it), files as <c>namespace:path</c>, or a whole source.</param>
    private sealed record Row(string Type, Dictionary<string, SandboxFile> Before, string[] Holds, params Step[] Steps)
    {
        public string Branch { get; init; } = "main";
        public string? WhyOtherwise { get; init; }
        public int? Validations { get; init; }
    }

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["C-NS-1 kestraToGit_dryRun_diff"] = new("NamespaceSync", [], [$"{Team}/alpha", $"{Team}:scripts/hello.sh"],
            new Step(Namespace + "sourceOfTruth: KESTRA\nwhenMissingInSource: KEEP\ndryRun: true", $"added {Team}/alpha, added {Team}/scripts/hello.sh") { Git = null }) { Branch = Fresh },
        ["C-NS-2 kestraToGit_apply"] = new("NamespaceSync", [], [$"{Team}/alpha-x", $"{Team}:data/config-x.json"],
            new Step(Namespace + "sourceOfTruth: KESTRA\nwhenMissingInSource: KEEP", $"added {Team}/alpha-x, added {Team}/data/config-x.json")
            { Git = [$"kestra/{Team}/files/data/config-x.json", $"kestra/{Team}/flows/alpha-x.yaml"] }) { Branch = Fresh },
        ["C-NS-3 gitToKestra_keepMissing"] = new("NamespaceSync", [], [$"{Team}/base-x"],
            new Step(Namespace + "sourceOfTruth: KESTRA\nwhenMissingInSource: DELETE", $"added {Team}/base-x") { Git = [$"kestra/{Team}/flows/base-x.yaml"] },
            new Step(Namespace + "sourceOfTruth: GIT\nwhenMissingInSource: KEEP", "")
            {
                Puts = [$"{Team}/extra-x"], Git = [$"kestra/{Team}/flows/base-x.yaml"], Kestra = [$"{Team}/base-x", $"{Team}/extra-x"],
                Says = [("kept", $"{Team}/extra-x", "not in Git")],
            }) { Branch = Fresh },
        ["C-NS-4 excludesDraftFlows"] = new("NamespaceSync", [], [$"{Team}/alpha-x", $"?{Team}/draft-x"],
            new Step(Namespace + "sourceOfTruth: KESTRA\nwhenMissingInSource: KEEP", $"added {Team}/alpha-x")
            { Git = [$"kestra/{Team}/flows/alpha-x.yaml"], Says = [("skipped", $"{Team}/draft-x", "draft")] }) { Branch = Fresh },

        ["C-TS-1 shouldFailOnInvalidTaskDefinitionFromKestraExport"] = new("TenantSync", [], [Broken],
            new Step("sourceOfTruth: KESTRA", "") { Error = ["my.namespace/flows/exported-flow.yaml", "Invalid type: io.kestra.plugin.nope.Nope", "nothing was written"] }) { Validations = 1 },
        ["C-TS-2 shouldReadNamespaceFilesFromSymlinkedDirectories"] = new("TenantSync",
            new() { [$"{Team}/files/linked"] = SandboxFile.Link("../../scripts"), ["scripts/script.py"] = "print('hello')", [$"{Team}/files/plain.py"] = "p" }, [$"{Team}:linked/script.py"],
            new Step("sourceOfTruth: GIT\nwhenMissingInSource: DELETE", $"added {Team}/plain.py")
            {
                Git = [$"{Team}/files/linked", $"{Team}/files/plain.py", "scripts/script.py"], Kestra = [$"{Team}:linked/script.py", $"{Team}:plain.py"],
                Says = [("skipped", $"{Team}/linked", "symbolic link")],
            }) { WhyOtherwise = "a link may lead out of the repository (B34): it is not followed, and what Kestra holds in its place stays" },
        ["C-TS later: _global is no namespace"] = new("TenantSync", new() { ["_global/flows/a.yaml"] = SyncCase.Flow("a"), ["_global/files/a.txt"] = "a", ["prod/flows/b.yaml"] = SyncCase.Flow("b") }, [],
            new Step("sourceOfTruth: GIT", "added prod/b") { Git = ["_global/files/a.txt", "_global/flows/a.yaml", "prod/flows/b.yaml"], Kestra = ["prod/b"] }),
        ["C-TS later: an override counts for its kind, the rest falls back"] = new("TenantSync",
            new() { ["prod/flows/a.yaml"] = SyncCase.Flow("a"), ["prod/files/in-git.txt"] = "g" }, ["prod/k", "prod:in-kestra.txt"],
            new Step("sourceOfTruth: KESTRA\nwhenMissingInSource: KEEP\nsourceOfTruthOverrides:\n  flows: GIT", "added prod/a, added prod/in-kestra.txt")
            {
                Git = ["prod/files/in-git.txt", "prod/files/in-kestra.txt", "prod/flows/a.yaml"], Kestra = ["prod/a", "prod/k", "prod:in-kestra.txt"],
                Says = [("kept", "prod/k", "not in Git"), ("kept", "prod/in-git.txt", "not in Kestra")],
            }),
        ["C-TS later: a namespace of Git alone counts by the kinds that Git is the source of"] = new("TenantSync",
            new() { ["new/flows/a.yaml"] = SyncCase.Flow("a", "new"), ["new/files/f.txt"] = "f" }, ["prod/k", "prod:p.txt"],
            new Step("sourceOfTruth: KESTRA\nsourceOfTruthOverrides:\n  namespaceFiles: GIT\nwhenMissingInSource: KEEP", "added new/f.txt, added prod/k")
            { Git = ["new/files/f.txt", "new/flows/a.yaml", "prod/flows/k.yaml"], Kestra = ["prod/k", "new:f.txt", "prod:p.txt"] }),

        ["X-11 TenantSync GIT, file stem ≠ id"] = new("TenantSync", new() { ["prod/flows/a.yaml"] = SyncCase.Flow("b"), ["prod/flows/c.yaml"] = SyncCase.Flow("c") }, ["prod/b", "prod/a"],
            new Step("sourceOfTruth: GIT\nwhenMissingInSource: DELETE", "") { Git = ["prod/flows/a.yaml", "prod/flows/c.yaml"], Error = ["prod/flows/a.yaml", "its id is 'b'", "rename it to b.yaml", "nothing was written"] },
            new Step("sourceOfTruth: GIT\nwhenMissingInSource: DELETE\nonInvalidSyntax: WARN", "added prod/c")
            {
                Git = ["prod/flows/a.yaml", "prod/flows/c.yaml"], Kestra = ["prod/a", "prod/b", "prod/c"],
                Says = [("invalid", "prod/b", "rename it to b.yaml"), ("kept", "prod/a", "may be this flow")],
            }),
        ["X-11 a file in the folder of another namespace"] = new("TenantSync", new() { ["prod/flows/a.yaml"] = SyncCase.Flow("a", "dev"), ["prod/flows/c.yaml"] = SyncCase.Flow("c") }, ["dev/a"],
            new Step("sourceOfTruth: GIT", "") { Git = ["prod/flows/a.yaml", "prod/flows/c.yaml"], Error = ["prod/flows/a.yaml", "the folder of 'prod'", "namespace: dev"] },
            new Step("sourceOfTruth: GIT\nonInvalidSyntax: SKIP", "added prod/c") { Git = ["prod/flows/a.yaml", "prod/flows/c.yaml"], Kestra = ["dev/a", "prod/c"], Says = [("kept", "dev/a", "may be this flow")] }),
        ["X-12 TenantSync KESTRA+DELETE+WARN with an invalid flow"] = new("TenantSync",
            new() { ["my.namespace/flows/exported-flow.yaml"] = SyncCase.Flow("exported-flow", "my.namespace"), ["my.namespace/flows/gone.yml"] = SyncCase.Flow("gone", "my.namespace") }, [Broken],
            new Step("sourceOfTruth: KESTRA\nwhenMissingInSource: DELETE\nonInvalidSyntax: WARN", "deleted my.namespace/gone, updated my.namespace/exported-flow")
            { Git = ["my.namespace/flows/exported-flow.yaml"], Says = [("updated", "my.namespace/exported-flow", "invalid in Kestra, and kept as it stands: Invalid type")] })
            { WhyOtherwise = "plugin-git deletes the file of an invalid flow; here it is backed up, and the row says what is wrong with it", Validations = 1 },
    };

    private static readonly Table<bool> All = new(PlayAsync);

    public static TheoryData<string> Cases => [.. Names];

    private static IEnumerable<string> Names => Rows.Keys.SelectMany(n => new[] { $"{n} on 2.0", $"{n} on 1.3" });

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_row_of_the_specification_ends_as_it_says(string name) => Assert.True(await All.OutcomeAsync(name, Names));

    private static async Task<bool> PlayAsync(string name)
    {
        var row = Rows[name[..^" on 2.0".Length]];
        await using var one = await SyncCase.StartAsync(name[^3..]);
        one.Commit(new Dictionary<string, SandboxFile>(row.Before) { ["README.md"] = "of people\n" });
        foreach (var held in row.Holds) Put(one, held);
        foreach (var step in row.Steps)
        {
            foreach (var put in step.Puts) Put(one, put);
            var before = Held(one);
            await one.DefineAsync(one.Task(step.Properties, row.Type));
            one.Kestra.ClearCalls();
            var run = await one.RunAsync();
            if (step.Error.Length > 0) run.Failed(step.Error);
            else Assert.Equal(step.Written, run.Succeeded().Written);
            foreach (var (action, place, reason) in step.Says)
                Assert.True(run.Rows.Any(r => r.Action == action && r.Key == place && r.Reason.Contains(reason, StringComparison.Ordinal)), $"no row '{action} {place}: …{reason}…': {run}");
            Assert.Equal(step.Git is null ? [] : step.Git.Append("README.md").Order(StringComparer.Ordinal), one.Files(row.Branch).Keys.Order(StringComparer.Ordinal));
            Assert.Equal(step.Kestra?.Order(StringComparer.Ordinal) ?? before, Held(one));
            if (row.Validations is { } count) Assert.Equal(count, one.Kestra.Calls.Count(c => c.Path.EndsWith("/flows/validate", StringComparison.Ordinal)));
        }

        Assert.Empty(one.Kestra.UnknownCalls);
        return true;
    }

    private static void Put(SyncCase one, string held)
    {
        if (held.Contains('\n', StringComparison.Ordinal)) one.Kestra.State.PutFlow(held);
        else if (held.Split(':') is [var ns, var path]) one.Kestra.State.PutFile(ns, "/" + path, path + "\n");
        else one.Kestra.State.PutFlow(SyncCase.Flow(held.Split('/')[1], held.Split('/')[0].TrimStart('?')) + (held.StartsWith('?') ? "draft: true\n" : ""));
    }

    private static IEnumerable<string> Held(SyncCase one) =>
    [
        .. one.Flows.Keys.Concat(new[] { Team, "prod", "new", "dev", "my.namespace", "_global" }.SelectMany(ns => one.Kestra.State.ListFiles(ns).Select(f => $"{ns}:{f.TrimStart('/')}")))
            .Order(StringComparer.Ordinal),
    ];
}

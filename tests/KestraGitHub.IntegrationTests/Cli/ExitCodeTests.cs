using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.Shipping;
using static KestraGitHub.IntegrationTests.Cli.CliSituations;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>Every command with every exit code that it can end with: 0 no change, 1 error, 2 changes, 3 invalid, 4 stale, 5 blocked, 6 sign-in, 7 timed out.</summary>
public sealed class ExitCodeTests
{
    private sealed record Case(string Name, int Code, string Words, Func<CliBench, Task<CommandResult>> Run)
    {
        /// <summary>What Kestra holds afterwards, where that matters.</summary>
        public string? Holds { get; init; }
    }

    private static readonly Case[] All =
    [
        new("plan: in step", 0, "planned: 1 unchanged", b => AfterApplyAsync(b, "plan")),
        new("plan: a folder that is no repository", 1, "no Git repository", b => b.RunHereAsync("plan", "--from", Path.GetTempPath())),
        new("plan: a folder that is not there", 1, "is not there", b => b.RunHereAsync("plan", "--from", "nowhere")),
        new("plan: no Kestra answers", 1, "no connection to 127.0.0.1", b => b.RunAsync("plan", "--namespace", "prod", "--kestra-url", "http://127.0.0.1:1")),
        new("plan: a directory that is not there", 1, "was not found", b => b.RunHereAsync("plan", "--directory", "elsewhere")),
        new("plan: one word that stands twice", 1, "The directory 'prod' was not found", b => b.RunHereAsync("plan", "--directory", "prod")),
        new("plan: changes", 2, "+ added  flow prod/a  _flows/a.yaml", b => b.RunHereAsync("plan")) { Holds = "" },
        new("plan: an invalid flow", 3, "broken.yaml", b => WithInvalidAsync(b, "plan")),
        new("plan: a flow that Kestra refuses", 3, "refused.yaml", b => WithFlowThatKestraRefusesAsync(b, "plan")),
        new("plan: an invalid flow that may be left out", 2, "1 invalid", b => WithInvalidAsync(b, "plan", "--ignore-invalid")),
        new("plan: a definition with a fault", 3, ":12:5:", b => b.RunAsync("plan", "--definition", b.Define("targetNamespac: x"), "--kestra-url", b.KestraUrl)),
        new("plan: a definition that is not there", 1, "cannot be read", b => b.RunAsync("plan", "--definition", "none.yaml", "--kestra-url", b.KestraUrl)),
        new("plan: nothing said", 3, "--definition FILE", b => b.RunAsync("plan", "--kestra-url", b.KestraUrl)),
        new("plan: a checkout and a service", 3, "Leave out --namespace, --kestra-url, or --sync.", b => b.RunHereAsync("plan", "--server", "http://127.0.0.1:1", "--sync", "a/b")),
        new("plan: no Kestra named", 3, "Kestra", b => b.RunAsync("plan", "--namespace", "prod")),
        new("plan: a namespace that is none", 3, "is no namespace", b => b.RunAsync("plan", "--namespace", "Not A Namespace", "--kestra-url", b.KestraUrl)),
        new("plan: a secret among the arguments", 3, "Kestra__Password in the environment", b => b.RunHereAsync("plan", "--Kestra:Password=x")),
        new("plan: an expression among the options", 3, "holds an expression", b => b.RunHereAsync("plan", "--directory", "{{ secret('X') }}")),
        new("plan: an unknown option", 3, "--unknown", b => b.RunHereAsync("plan", "--unknown")),
        new("plan: a time that is none", 3, "is no time", b => b.RunHereAsync("plan", "--timeout", "soon")),
        new("plan: an output that is none", 3, "xml", b => b.RunHereAsync("plan", "--output", "xml")),
        new("plan: an option that is empty", 3, "--from is empty", b => b.RunHereAsync("plan", "--from", "")),
        new("plan: a definition and options in its place", 3, "Leave out --namespace, --directory, --delete, or --definition.", b => b.RunHereAsync("plan", "--definition", b.Define(), "--directory", "x", "--delete")),
        new("plan: a task of no definition", 3, "Leave out --task, or --namespace.", b => b.RunHereAsync("plan", "--task", "x")),
        new("plan: a revision of a checkout", 3, "Leave out --revision, or ask a service", b => b.RunHereAsync("plan", "--revision", "main")),
        new("plan: a file for a service's plan", 3, "Leave out --out, or --sync.", b => b.RunAsync("plan", "--server", "http://127.0.0.1:1", "--sync", "a/b", "--out", b.PathOf("plan.json"))),
        new("plan: a file that cannot be written", 1, "The plan cannot be written to", b => b.RunHereAsync("plan", "--out", b.Checkout)),
        new("plan: a task that writes to Git", 1, "writes to Git", b =>
        {
            File.WriteAllText(b.PathOf("push.yaml"), "id: push\nnamespace: system\ntasks:\n  - id: p\n    type: io.kestra.plugin.git.PushFlows\n    url: https://h/r\n    branch: main\n    sourceNamespace: prod\n");
            return b.RunAsync("plan", "--definition", b.PathOf("push.yaml"), "--kestra-url", b.KestraUrl);
        }),
        new("plan: a password that Kestra does not take", 6, "401", b => WithoutPasswordAsync(b, "plan")),
        new("plan: a secret that Kestra would be sent and is not here", 6, "SECRET_KESTRA_PASSWORD", b => b.WithoutEnvironment().RunAsync("plan", "--definition", b.Define($"kestraUrl: {b.KestraUrl}\nauth: {{username: admin@kestra.io, password: \"{{{{ secret('KESTRA_PASSWORD') }}}}\"}}"))),
        new("plan: out of time", 7, "--timeout", b => SlowlyAsync(b, "plan")),
        new("diff: in step", 0, "1 unchanged", b => AfterApplyAsync(b, "diff")),
        new("diff: changes", 2, "+    message: n0 # keep", b => b.RunHereAsync("diff")) { Holds = "" },
        new("diff: an invalid flow", 3, "broken.yaml", b => WithInvalidAsync(b, "diff")),
        new("diff: a password that Kestra does not take", 6, "401", b => WithoutPasswordAsync(b, "diff")),
        new("diff: out of time", 7, "--timeout", b => SlowlyAsync(b, "diff")),
        new("diff: no repository", 1, "no Git repository", b => b.RunHereAsync("diff", "--from", Path.GetTempPath())),
        new("apply: applied", 0, "applied: 1 added", b => b.RunHereAsync("apply")) { Holds = "prod/a" },
        new("apply: applied, told apart", 2, "applied: 1 added", b => b.RunHereAsync("apply", "--detailed-exit-code")) { Holds = "prod/a" },
        new("apply: nothing to do, told apart", 0, "1 unchanged", b => AfterApplyAsync(b, "apply", "--detailed-exit-code")),
        new("apply: an invalid flow beside a good one", 3, "nothing was written", b => WithInvalidAsync(b, "apply")) { Holds = "" },
        new("apply: a flow that Kestra refuses", 3, "refused.yaml", b => WithFlowThatKestraRefusesAsync(b, "apply")) { Holds = "" },
        new("apply: no repository", 1, "no Git repository", b => b.RunHereAsync("apply", "--from", Path.GetTempPath())) { Holds = "" },
        new("apply: a plan of another commit", 4, "stale", b => StaleAsync(b, () =>
        {
            b.Write("other", "x");
            b.Commit();
        })) { Holds = "" },
        new("apply: a plan that Kestra has left behind", 4, "flow prod/a", b => StaleAsync(b, () => b.Kestra.State.PutFlow(SyncCase.Flow("a", message: "by hand")))),
        new("apply: more deletes than may be without a look", 5, "more than maxDeletes (0): flow prod/old. Nothing was written", b => CarefulAsync(b, "apply")) { Holds = "prod/old" },
        new("apply: the same, looked at", 0, "1 deleted", async b =>
        {
            Assert.Equal(2, (await CarefulAsync(b, "plan", "--out", b.PathOf("plan.json"))).Code);
            return await CarefulAsync(b, "apply", "--plan", b.PathOf("plan.json"));
        }) { Holds = "prod/a" },
        new("apply: a plan for a service", 3, "Leave out --worktree, --plan, or --sync.", b => b.RunAsync("apply", "--sync", "a/b", "--plan", b.PathOf("plan.json"), "--worktree")),
        new("apply: a plan that is none", 3, "is no plan", b => b.RunHereAsync("apply", "--plan", b.Define())) { Holds = "" },
        new("apply: a plan that is not there", 1, "cannot be read", b => b.RunHereAsync("apply", "--plan", "none.json")) { Holds = "" },
        new("apply: a disabled definition", 5, "disabled", b => b.RunAsync("apply", "--definition", b.Define(flow: "disabled: true"), "--kestra-url", b.KestraUrl)) { Holds = "" },
        new("apply: a password that Kestra does not take", 6, "401", b => WithoutPasswordAsync(b, "apply")) { Holds = "" },
        new("apply: out of time", 7, "--timeout", b => SlowlyAsync(b, "apply")) { Holds = "" },
        new("validate: good definitions", 0, "1 definitions, 0 broken", b => b.RunAsync("validate", b.Define())),
        new("validate: a definition with a fault", 3, "1 broken", b => b.RunAsync("validate", b.Define("branch: a..b"))),
        new("validate: a path that is not there", 1, "no such file", b => b.RunAsync("validate", "nowhere")),
        new("validate: nothing said", 3, "--from", b => b.RunAsync("validate")),
        new("validate: a path and a checkout", 3, "Leave out --from, or '.'.", b => b.RunAsync("validate", ".", "--from", "co")),
        new("validate: a path that is empty", 3, "<path> is empty", b => b.RunAsync("validate", "")),
        new("validate: a good checkout, by itself", 0, "valid: 1 object", b => b.WithoutEnvironment().RunAsync("validate", "--from", ".", "--namespace", "prod")),
        new("validate: a broken checkout, by itself", 3, "broken.yaml", b =>
        {
            b.Write("_flows/broken.yaml", "id: [");
            return b.WithoutEnvironment().RunAsync("validate", "--from", ".", "--namespace", "prod", "--worktree");
        }),
        new("validate: a good checkout, by Kestra", 0, "valid: 1 object", b => b.RunHereAsync("validate")) { Holds = "" },
        new("validate: a flow that Kestra refuses", 3, "refused.yaml", b => WithFlowThatKestraRefusesAsync(b, "validate")) { Holds = "" },
        new("validate: a password that Kestra does not take", 6, "401", b => WithoutPasswordAsync(b, "validate")),
        new("validate: out of time", 7, "--timeout", b => SlowlyAsync(b, "validate")),
        new("doctor: all well", 0, "ok       Kestra http://127.0.0.1", b => ExamineAsync(b, b.Define($"kestraUrl: {b.KestraUrl}\nauth: {{username: admin@kestra.io, password: Kestra1234}}"), secret: true)),
        new("doctor: a secret that is missing", 1, "SECRET_NOT_NEEDED_HERE", b => ExamineAsync(b, b.Define(), secret: false)),
        new("doctor: a repository that is not there", 1, "failed   repository http://127.0.0.1:1/x.git", b => ExamineAsync(b, b.Define("", name: "d.yaml", url: "http://127.0.0.1:1/x.git"), secret: true)),
        new("doctor: a password that Kestra does not take", 1, "failed   Kestra http", b =>
        {
            b.Environment["Kestra__Password"] = "wrong-but-secret";
            b.Environment["Kestra__Url"] = b.KestraUrl;
            return ExamineAsync(b, b.Define(), secret: true);
        }),
        new("doctor: no git", 1, "failed   git", b => ExamineAsync(b, b.Define(), secret: true, "--Git:Program=no-such-git")),
        new("doctor: a webhook's address that nobody answers", 1, "failed   webhook", b => ExamineAsync(b, b.Define(), secret: true, "--public-url", "http://127.0.0.1:1")),
        new("doctor: a GitHub that takes the token", 0, "ok       GitHub: 127.0.0.1 takes the token; 4999 calls are left", b => WithGitHubAsync(b, "ghp_a_token_for_the_doctor")),
        new("doctor: a GitHub that refuses the token", 1, "failed   GitHub: GET /rate_limit answered 401: Bad credentials", b => WithGitHubAsync(b, "ghp_another_token_entirely")),
        new("doctor: a provider that signs people in", 0, "ok       sign-in provider: http://127.0.0.1", b => WithProviderAsync(b, "")),
        new("doctor: a provider's address that is another's", 1, "failed   sign-in provider", b => WithProviderAsync(b, "/elsewhere")),
        new("doctor: a data folder that is a file", 1, "failed   data folder", b => ExamineAsync(b, b.Define(), secret: true, $"--Data:Path={b.Define(name: "file.yaml")}")),
        new("doctor: settings before it", 3, "Git:", b => b.RunAsync("--Git:FetchTimeout", "soon", "doctor")),
        new("doctor: a setting that is wrong", 3, "Git:", b => b.RunAsync("doctor", "--Git:FetchTimeout=soon")),
        new("status: a sync and a tenant", 3, "Leave out --tenant, or --sync.", b => AskNobodyAsync(b, "status", "--sync", "a/b", "--tenant", "main")),
        new("drift: a sync and a tenant", 3, "Leave out --tenant, or 'a/b'.", b => AskNobodyAsync(b, "drift", "a/b", "--tenant", "main")),
        new("drift: a sync that is named twice", 3, "Leave out --sync, or 'a/b'.", b => AskNobodyAsync(b, "drift", "a/b", "--sync", "c/d")),
        new("history: a limit that is none", 3, "--limit: 'x' is no number of runs", b => AskNobodyAsync(b, "history", "--limit", "x")),
        new("suspend: one sync and all", 3, "Leave out --all, or --sync.", b => AskNobodyAsync(b, "suspend", "--sync", "a/b", "--all")),
        new("suspend: dots for a sync", 3, "Name the sync", b => AskNobodyAsync(b, "suspend", "--sync", "../..")),
        new("suspend: a moment that is none", 3, "--until: 'yesterday' is no moment", b => AskNobodyAsync(b, "suspend", "--all", "--until", "yesterday")),
        new("resume: a dot for a flow", 3, "Name the sync", b => AskNobodyAsync(b, "resume", "--sync", "main/system/.")),
        new("rollback: dots for a sync", 3, "Name the sync", b => AskNobodyAsync(b, "rollback", "../..", "--to", "main")),
        new("rollback: nothing to go back to", 3, "--to", b => AskNobodyAsync(b, "rollback", "a/b")),
        new("wait: dots for a run", 3, "'..' is no name and no id", b => AskNobodyAsync(b, "wait", "..")),
        new("undo: a dot for a run", 3, "'.' is no name and no id", b => AskNobodyAsync(b, "undo", ".")),
        new("status: dots for a tenant", 3, "'..' is no name and no id", b => AskNobodyAsync(b, "status", "--tenant", "..")),
        new("status: a token with a line break", 6, "The service's token holds a line break", b => AskNobodyAsync(With(b, "two\nlines"), "status")),
        new("status: a token that is none", 6, "The service's token holds", b => AskNobodyAsync(With(b, "pässword"), "status")),
        new("status: an answer that is none of ours", 1, "not as this service does", b => AskOtherAsync(b, "[1, 2]", "status")),
        new("run: an answer that is none of ours", 1, "not as this service does", b => AskOtherAsync(b, "{}", "run", "--sync", "a/b")),
        new("wait: an answer that is none of ours", 1, "not as this service does", b => AskOtherAsync(b, "{}", "wait", "x")),
        new("import: nothing there", 0, "0 ready", b => b.RunAsync("import", "--kestra-url", b.KestraUrl)),
        new("import: a folder that is empty", 3, "<folder> is empty", b => b.RunAsync("import", "", "--kestra-url", b.KestraUrl)),
        new("import: nobody answers", 1, "no connection", b => b.RunAsync("import", "--kestra-url", "http://127.0.0.1:1")),
        new("import: no Kestra named", 3, "--kestra-url", b => b.WithoutEnvironment().RunAsync("import")),
        new("import: a password that Kestra does not take", 6, "401", b => WithoutPasswordAsync(b, "import", alone: true)),
        new("import: out of time", 7, "--timeout", b => SlowlyAsync(b, "import", alone: true)),
        new("export: nothing there", 0, "exported: ", b => b.RunAsync("export", b.PathOf("out"), "--kestra-url", b.KestraUrl)),
        new("export: nobody answers", 1, "no connection", b => b.RunAsync("export", b.PathOf("out"), "--kestra-url", "http://127.0.0.1:1")),
        new("export: a file in the place of the folder", 3, "is a file", b => b.RunAsync("export", b.Define(), "--kestra-url", b.KestraUrl)),
        new("export: a folder that cannot be made", 1, "cannot be written", b => b.RunAsync("export", "/dev/null/out", "--kestra-url", b.KestraUrl)),
        new("export: a folder that holds something", 4, "is not empty", b => b.RunAsync("export", b.Checkout, "--kestra-url", b.KestraUrl)),
        new("export: a password that Kestra does not take", 6, "401", b => WithoutPasswordAsync(b, "export", alone: true)),
        new("export: out of time", 7, "--timeout", b => SlowlyAsync(b, "export", alone: true)),
        new("config: what holds", 0, "***", b => b.RunAsync("config", $"--Kestra:Url={b.KestraUrl}")),
        new("config: a setting that is wrong", 3, "Runs:Workers is", b => b.RunAsync("config", "--Runs:Workers=0")),
        new("config: a secret among the arguments", 3, "Kestra__Password in the environment", b => b.RunAsync("config", "--Kestra:Password=wrong-but-secret")),
        new("schema: of definitions", 0, "targetNamespace", b => b.RunAsync("schema")),
        new("completion: a shell that is none", 3, "csh", b => b.RunAsync("completion", "csh")),
        // The commands of operators end with 0, 1, or 2 for settings that are wrong, as serving does; words that cannot be read are 3 here too.
        new("serve: a command that is none", 3, "There is no command `plna`. Did you mean `plan`?", b => b.RunAsync("plna", $"--Data:Path={b.PathOf("data")}")),
        new("serve: words that are none", 3, "'bogus'", b => b.RunAsync("serve", "bogus", "words")),
        new("serve: a setting that is none", 2, "There is no setting `Webhook:AllowUnsigned`. Did you mean `Webhooks:AllowUnsigned`?", b => b.RunAsync("--Webhook:AllowUnsigned=true", $"--Data:Path={b.PathOf("data")}")),
        new("serve: a port that is none", 2, "Urls must hold addresses", b => b.RunAsync("serve", "--Urls=http://127.0.0.1:99999", $"--Data:Path={b.PathOf("data")}")),
        new("serve: an address that is none", 2, "Urls must hold addresses", b => b.RunAsync("--Urls=nonsense", $"--Data:Path={b.PathOf("data")}")),
        new("serve: a setting that is wrong", 2, "Runs:Workers", b => b.RunAsync("serve", "--Runs:Workers=0", $"--Data:Path={b.PathOf("data")}")),
        new("health: a service that is ready", 0, "ready", async b => await b.RunAsync("health", "--url", new Uri((await Workshop.SharedAsync()).Service.BaseUrl, "/health/ready").AbsoluteUri)),
        new("health: nobody answers", 1, "does not answer", b => b.RunAsync("health", "--url", "http://127.0.0.1:1/health/ready")),
        new("health: Urls that are none", 2, "Urls must hold addresses", b => b.RunAsync("health", "--Urls=nonsense")),
        new("health: an address that is none", 2, "--url must be", b => b.RunAsync("health", "--url", "nowhere")),
        new("migrate: a new database", 0, "The schema was brought from 0", b => b.RunAsync("migrate", $"--Data:Path={b.PathOf("data")}")),
        new("migrate: a setting that is wrong", 2, "Data:", b => b.RunAsync("migrate", "--Data:Pathh=x")),
        new("backup: a database", 0, "whole", async b =>
        {
            await b.RunAsync("migrate", $"--Data:Path={b.PathOf("data")}");
            return await b.RunAsync("backup", b.PathOf("copy.db"), $"--Data:Path={b.PathOf("data")}");
        }),
        new("backup: the database itself", 2, "is the database itself", async b =>
        {
            await b.RunAsync("migrate", $"--Data:Path={b.PathOf("data")}");
            return await b.RunAsync("backup", Path.Combine(b.PathOf("data"), "kestra-github.db"), "--force", $"--Data:Path={b.PathOf("data")}");
        }),
        new("backup: a folder that is not there", 2, "failed: Could not find a part of the path", async b =>
        {
            await b.RunAsync("migrate", $"--Data:Path={b.PathOf("data")}");
            return await b.RunAsync("backup", b.PathOf("nowhere/copy.db"), $"--Data:Path={b.PathOf("data")}");
        }),
        new("backup: a file that is there already", 2, "--force", async b =>
        {
            await b.RunAsync("migrate", $"--Data:Path={b.PathOf("data")}");
            await File.WriteAllTextAsync(b.PathOf("copy.db"), "mine");
            return await b.RunAsync("backup", b.PathOf("copy.db"), $"--Data:Path={b.PathOf("data")}");
        }),
        new("restore: a copy", 0, "Restored", async b =>
        {
            await b.RunAsync("migrate", $"--Data:Path={b.PathOf("data")}");
            await b.RunAsync("backup", b.PathOf("copy.db"), $"--Data:Path={b.PathOf("data")}");
            return await b.RunAsync("restore", b.PathOf("copy.db"), $"--Data:Path={b.PathOf("data")}");
        }),
        new("restore: a file that is not there", 2, "none.db", b => b.RunAsync("restore", b.PathOf("none.db"), $"--Data:Path={b.PathOf("data")}")),
    ];

    [Fact]
    public async Task An_apply_that_is_blocked_is_one_document()
    {
        await using var bench = await CliBench.StartAsync();
        var result = await CarefulAsync(bench, "apply", "--output", "json");
        Assert.Equal((5, "blocked"), (result.Code, JsonNode.Parse(result.Output)!["state"]!.GetValue<string>()));
        Assert.Empty(result.Errors);
        bench.Environment["GITHUB_STEP_SUMMARY"] = bench.PathOf("summary");
        await CarefulAsync(bench, "apply", "--output", "github");
        Assert.Single(await File.ReadAllLinesAsync(bench.PathOf("summary")), l => l.StartsWith("### ", StringComparison.Ordinal));
    }

    private static readonly Table<(CommandResult Result, string Held)> Outcomes = new(async name =>
    {
        await using var bench = await CliBench.StartAsync();
        return (await All.Single(c => c.Name == name).Run(bench), string.Join(", ", bench.Flows.Keys));
    });

    public static TheoryData<string> Names() => [.. All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_command_ends_as_it_says(string name)
    {
        var one = All.Single(c => c.Name == name);
        var (result, held) = await Outcomes.OutcomeAsync(name, All.Select(c => c.Name));
        Assert.True(result.Code == one.Code && (result.Output + result.Errors).Contains(one.Words, StringComparison.Ordinal), result.ToString());
        Assert.DoesNotContain("wrong-but-secret", result.Output + result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
        if (one.Holds is not null) Assert.Equal(one.Holds, held);
    }
}

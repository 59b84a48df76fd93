using System.Diagnostics;
using YamlDotNet.Serialization;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>The steps of the composite action, run as a runner runs them, against a stand-in Kestra.</summary>
public sealed class GitHubActionTests
{
    private static readonly string Folder = Path.Combine(Root(), "infra", "github-action");

    private sealed record Ended(int Code, string Log, string Output, string Summary);

    [Fact]
    public async Task A_plan_is_annotations_a_summary_and_an_output_and_an_apply_changes_Kestra()
    {
        await using var bench = await CliBench.StartAsync();
        var planned = await RunAsync(bench, ("namespace", "prod"), ("kestra-url", bench.KestraUrl), ("out", bench.PathOf("plan.json")));
        Assert.Equal((0, "exit-code=2\nchanged=true\n"), (planned.Code, planned.Output));
        Assert.Contains("::notice file=_flows/a.yaml,line=1,title=added::flow prod/a: new in Git", planned.Log, StringComparison.Ordinal);
        Assert.Contains("| added | flow prod/a | `_flows/a.yaml` | new in Git |", planned.Summary, StringComparison.Ordinal);
        Assert.Empty(bench.Flows);
        var applied = await RunAsync(bench, ("command", "apply"), ("namespace", "prod"), ("kestra-url", bench.KestraUrl), ("plan", bench.PathOf("plan.json")));
        Assert.Equal((0, "exit-code=2\nchanged=true\n"), (applied.Code, applied.Output));
        Assert.Equal(["prod/a"], bench.Flows.Keys);
        var again = await RunAsync(bench, ("namespace", "prod"), ("kestra-url", bench.KestraUrl), ("fail-on-changes", "true"));
        Assert.Equal((0, "exit-code=0\nchanged=false\n"), (again.Code, again.Output));
    }

    [Fact]
    public async Task What_goes_wrong_fails_the_step_with_the_code_and_an_error()
    {
        await using var bench = await CliBench.StartAsync();
        Assert.Equal(2, (await RunAsync(bench, ("namespace", "prod"), ("kestra-url", bench.KestraUrl), ("fail-on-changes", "true"))).Code);
        bench.Write("_flows/broken.yaml", "id: [");
        bench.Commit();
        var invalid = await RunAsync(bench, ("command", "apply"), ("namespace", "prod"), ("kestra-url", bench.KestraUrl), ("delete", "true"));
        Assert.Equal((3, "exit-code=3\nchanged=false\n"), (invalid.Code, invalid.Output));
        Assert.Contains("::error file=_flows/broken.yaml,line=1,title=invalid::flow prod/broken", invalid.Log, StringComparison.Ordinal);
        Assert.Empty(bench.Flows);
        bench.Environment["Kestra__Password"] = "wrong-but-secret";
        var refused = await RunAsync(bench, ("namespace", "prod"), ("kestra-url", bench.KestraUrl));
        Assert.Equal(6, refused.Code);
        Assert.DoesNotContain("wrong-but-secret", refused.Log + refused.Output + refused.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_is_a_value_and_no_script()
    {
        await using var bench = await CliBench.StartAsync();
        var mark = bench.PathOf("mark");
        foreach (var (input, code) in new[] { ("namespace", 3), ("directory", 1), ("command", 3), ("delete", 3), ("from", 1) })
        {
            (string, string)[] inputs = [("namespace", "prod"), ("kestra-url", bench.KestraUrl), (input, $"x\"; touch '{mark}' #$(touch '{mark}')`touch '{mark}'`")];
            Assert.Equal(code, (await RunAsync(bench, inputs)).Code);
        }

        Assert.Equal(3, (await RunAsync(bench, ("command", "diff"), ("server", "http://127.0.0.1:1"), ("sync", "a/b"))).Code);
        Assert.False(File.Exists(mark));
        Assert.Empty(bench.Flows);
    }

    [Fact]
    public void No_input_is_a_credential_and_no_input_reaches_a_script_as_text()
    {
        var action = Action();
        Assert.DoesNotContain(Map(action["inputs"]).Keys, k => ((string)k).Contains("token", StringComparison.Ordinal) || ((string)k).Contains("password", StringComparison.Ordinal));
        foreach (var step in Steps(action).Where(s => s.ContainsKey("run"))) Assert.DoesNotContain("${{", (string)step["run"], StringComparison.Ordinal);
    }

    private static async Task<Ended> RunAsync(CliBench bench, params (string Name, string Value)[] given)
    {
        var action = Action();
        var inputs = Map(action["inputs"]).ToDictionary(i => (string)i.Key, i => Map(i.Value).TryGetValue("default", out var value) ? (string)value : "");
        inputs["binary"] = Path.Combine(AppContext.BaseDirectory, "kestra-github.dll");
        foreach (var (name, value) in given) inputs[inputs.ContainsKey(name) ? name : throw new ArgumentException(name)] = value;
        var (output, summary) = (bench.PathOf("output"), bench.PathOf("summary"));
        foreach (var file in new[] { output, summary }) await File.WriteAllTextAsync(file, "");
        var log = "";
        var code = 0;
        foreach (var step in Steps(action))
        {
            if (step.TryGetValue("if", out var condition))
            {
                Assert.Equal("inputs.binary == ''", condition); // not met here
                continue;
            }

            var start = new ProcessStartInfo("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", (string)step["run"]])
            {
                RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = bench.Checkout,
            };
            foreach (var (name, value) in bench.Environment) start.Environment[name] = value;
            foreach (var (name, value) in Map(step["env"]))
            {
                var input = ((string)value)["${{ inputs.".Length..^" }}".Length];
                start.Environment[(string)name] = inputs[input];
            }

            (start.Environment["GITHUB_OUTPUT"], start.Environment["GITHUB_STEP_SUMMARY"]) = (output, summary);
            (start.Environment["GITHUB_ACTION_PATH"], start.Environment["RUNNER_TEMP"]) = (Folder, bench.PathOf("temp"));
            using var process = Process.Start(start)!;
            var (said, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            (log, code) = (log + await said + await errors, process.ExitCode);
            if (code != 0) break;
        }

        return new Ended(code, log, await File.ReadAllTextAsync(output), await File.ReadAllTextAsync(summary));
    }

    private static Dictionary<object, object> Action() =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(Path.Combine(Folder, "action.yml")));

    private static IEnumerable<Dictionary<object, object>> Steps(Dictionary<object, object> action) => ((List<object>)Map(action["runs"])["steps"]).Select(Map);

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "KestraGitHub.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}

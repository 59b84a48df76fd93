using System.Net;
using System.Text;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>YAML that is broken, hostile or only odd: as flows in Git, and as definitions.</summary>
public sealed class BadYamlTests
{
    private const string Tasks = "tasks:\n  - id: x\n    type: io.kestra.plugin.core.log.Log\n    message: m\n";

    private static readonly string Bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 8).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(", ", Enumerable.Repeat("*" + (char)('a' + i - 1), 9))}]\n"));

    /// <summary>Text by name; `{id}` is the name, and a live flow of that id is in Kestra.</summary>
    private static readonly Dictionary<string, (string Text, string Reason)> Bad = new()
    {
        ["bomb"] = ("id: {id}\nnamespace: prod\n" + Tasks + Bomb, "more than"),
        ["deep"] = ("id: {id}\nnamespace: prod\nx: " + new string('[', 200) + new string(']', 200) + "\n", "nests deeper"),
        ["deeper"] = ("id: {id}\nnamespace: prod\nx: " + new string('[', 30_000) + "\n", "nests deeper"),
        ["cycle"] = ("id: {id}\nnamespace: prod\nx: &x [*x]\n" + Tasks, "stands inside"),
        ["twice"] = ("id: {id}\nnamespace: prod\nid: other\n" + Tasks, "twice"),
        ["twice-below"] = ("id: {id}\nnamespace: prod\ntasks:\n  - id: x\n    id: y\n    type: io.kestra.plugin.core.log.Log\n    message: m\n", "twice"),
        ["tabs"] = ("id: {id}\nnamespace: prod\ntasks:\n\t- id: x\n", "no YAML"),
        ["multi"] = ("id: {id}\nnamespace: prod\n" + Tasks + "---\nid: b\nnamespace: prod\n" + Tasks, "more than one YAML document"),
        ["empty"] = ("", "no map of YAML"), ["comment"] = ("# nothing\n", "no map of YAML"), ["list"] = ("- id: {id}\n", "no map of YAML"), ["text"] = ("{id}", "no map of YAML"),
        ["nested-id"] = ("namespace: prod\ntasks:\n  - id: {id}\n    type: io.kestra.plugin.core.log.Log\n", "no 'id'"),
        ["no-namespace"] = ("id: {id}\n" + Tasks, "namespace"),
        ["block-namespace"] = ("id: {id}\nnamespace: >\n  prod\n" + Tasks, "block of lines"),
        ["template-id"] = ("id: '{{ inputs.x }}'\nnamespace: prod\n" + Tasks, "id"),
        ["deleted"] = ("id: {id}\nnamespace: prod\ndeleted: true\n" + Tasks, "deleted: true"),
        ["python"] = ("id: {id}\nnamespace: prod\nx: !!python/object:os.system ls\n" + Tasks, ""),
        ["unknown-property"] = ("id: {id}\nnamespace: prod\nnonsense: 1\n" + Tasks, ""),
        ["no-tasks"] = ("id: {id}\nnamespace: prod\n", "tasks"),
    };

    private static readonly Lazy<Task<(Run Run, Dictionary<string, string> Flows)>> InGit = new(async () =>
    {
        await using var one = await SyncCase.StartAsync();
        var files = Bad.ToDictionary(b => $"_flows/{b.Key}.yaml", b => (SandboxFile)b.Value.Text.Replace("{id}", b.Key, StringComparison.Ordinal));
        files["_flows/utf16.yaml"] = new SandboxFile([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(SyncCase.Flow("utf16"))]);
        files["_flows/good.yaml"] = SyncCase.Flow("good");
        one.Commit(files);
        foreach (var id in Bad.Keys.Append("utf16").Append("gone")) one.Kestra.State.PutFlow(SyncCase.Flow(id, message: "live"));
        return (await one.SyncAsync("targetNamespace: prod\ndelete: true\nignoreInvalidFlows: true"), one.Flows);
    });

    public static TheoryData<string> BadNames => [.. Bad.Keys, "utf16"];

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_flow_file_is_a_row_with_its_reason_and_its_live_flow_stays(string name)
    {
        var (run, flows) = await InGit.Value;
        var row = run.Succeeded().Of($"_flows/{name}.yaml");
        Assert.Equal("invalid", row.Action);
        Assert.Contains(name == "utf16" ? "UTF-8" : Bad[name].Reason, row.Reason, StringComparison.Ordinal);
        Assert.Contains("message: live", flows[$"prod/{name}"], StringComparison.Ordinal);
        Assert.Contains("prod/good", flows.Keys);
    }

    [Theory]
    [InlineData("---\n")]
    [InlineData("\t\n")]
    public async Task Flows_that_were_written_into_one_file_are_not_taken_for_deleted(string between)
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a"), ["_flows/b.yaml"] = SyncCase.Flow("b"), ["_flows/c.yaml"] = SyncCase.Flow("c") });
        (await one.SyncAsync("targetNamespace: prod\ndelete: true\nignoreInvalidFlows: true")).Succeeded();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a") + between + SyncCase.Flow("b"), ["_flows/c.yaml"] = SyncCase.Flow("c") });
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("kept", run.Of("_flows/b.yaml").Action);
        Assert.Equal(["prod/a", "prod/b", "prod/c"], one.Flows.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Odd_but_right_flow_files_are_stored_as_they_are()
    {
        Dictionary<string, string> odd = new()
        {
            ["dots"] = "---\nid: dots\nnamespace: prod\n" + Tasks + "...", ["crlf"] = ("id: crlf\nnamespace: prod\n" + Tasks).Replace("\n", "\r\n", StringComparison.Ordinal).TrimEnd(),
            ["1"] = "id: 1\nnamespace: prod\n" + Tasks.TrimEnd(), ["yes"] = "id: yes\nnamespace: prod\n" + Tasks.TrimEnd(), ["1e3"] = "id: 1e3\nnamespace: prod\n" + Tasks.TrimEnd(),
            ["2024-01-01"] = "id: 2024-01-01\nnamespace: prod\n" + Tasks.TrimEnd(), ["anchor"] = "id: &i anchor\nnamespace: prod\nlabels: {i: *i}\n" + Tasks.TrimEnd(),
            ["script"] = "id: script\nnamespace: prod\ntasks:\n  - id: x\n    type: io.kestra.plugin.core.log.Log\n    message: |\n      namespace: y\n      id: z\n      ---\n      end",
        };
        await using var one = await SyncCase.StartAsync();
        one.Commit(odd.ToDictionary(o => $"_flows/f{o.Key}.yaml", o => (SandboxFile)(o.Value + "\n")));
        (await one.SyncAsync("targetNamespace: prod")).Succeeded();
        Assert.Equal(odd.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"prod/{o.Key}: {o.Value}"), one.Flows.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}: {f.Value}"));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    public static TheoryData<string> DefinitionNames => [.. Bad.Keys.Except(["python", "unknown-property", "deleted"]), "utf16", "empty-git-task", "misspelled", "no-such-task", "dots-in-directory", "git-in-dag", "two-of-one-id"];

    [Theory]
    [MemberData(nameof(DefinitionNames))]
    public async Task A_bad_definition_is_refused_and_hurts_no_other(string name)
    {
        await using var good = await SyncCase.StartAsync();
        await using var bad = await SyncCase.StartAsync();
        good.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a") });
        var git = bad.Task("targetNamespace: prod");
        var head = $"id: {bad.Name}\nnamespace: system\n";
        bad.Write(name switch
        {
            "utf16" => "\ufffd\0",
            "empty-git-task" => head + "tasks:\n  - id: sync\n    type: io.kestra.plugin.git.SyncFlows\n",
            "misspelled" => head + "tasks:\n" + git.Replace("targetNamespace", "targetNamespce", StringComparison.Ordinal),
            "no-such-task" => head + "tasks:\n" + git.Replace("SyncFlows", "SyncFlowz", StringComparison.Ordinal),
            "dots-in-directory" => head + "tasks:\n" + bad.Task("targetNamespace: prod\ngitDirectory: ../../etc"),
            "git-in-dag" => head + "tasks:\n  - id: p\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n" + git.Replace("\n", "\n    ", StringComparison.Ordinal).Insert(0, "    ").TrimEnd() + "\n",
            "two-of-one-id" => head + "tasks:\n" + git + git,
            _ => Bad[name].Text.Replace("{id}", bad.Name, StringComparison.Ordinal).Replace("namespace: prod", "namespace: system", StringComparison.Ordinal).Replace(Tasks, "tasks:\n" + git, StringComparison.Ordinal),
        });
        Assert.Equal("added prod/a", (await good.SyncAsync("targetNamespace: prod")).Succeeded().Written);
        using var asked = await bad.AskAsync();
        Assert.True(asked.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound, $"{asked.StatusCode}: {await asked.Content.ReadAsStringAsync()}");
        if (asked.StatusCode == HttpStatusCode.Conflict) Assert.NotEmpty((await bad.ViewAsync())!["faults"]!.AsArray());
        Assert.Empty(bad.Kestra.Calls);
    }
}

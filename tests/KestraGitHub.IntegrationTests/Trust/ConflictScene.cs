using System.Net;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>A flow that was applied, and then changed by one side or both.</summary>
internal static class ConflictScene
{
    public const string Files = "_flows/a.yaml";

    /// <summary>A flow with two tasks, far enough apart to be changed each by its own side.</summary>
    public static string Text(string first = "n0", string second = "n1") => $"""
        id: a
        namespace: prod

        tasks:
          - id: first
            type: io.kestra.plugin.core.log.Log
            message: {first}

          # what comes between them

          - id: second
            type: io.kestra.plugin.core.log.Log
            message: {second}

        """.ReplaceLineEndings("\n");

    public static async Task<SyncCase> AppliedAsync(string version, params string[] rules)
    {
        var one = await SyncCase.StartAsync(version);
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text() });
        await DefineAsync(one, rules);
        Assert.Equal("added prod/a", (await one.RunAsync()).Succeeded().Written);
        return one;
    }

    public static Task DefineAsync(SyncCase one, params string[] rules) => one.DefineAsync(one.Task("targetNamespace: prod\ndelete: true\n"), Rules(rules));

    public static async Task<Run> RunAsync(SyncCase one, string onConflict, bool dryRun = false)
    {
        var (status, answer) = await one.SayAsync("runs", new { onConflict, dryRun });
        Assert.Equal(HttpStatusCode.Accepted, status);
        return await one.EndAsync(answer["id"]!.GetValue<string>());
    }

    public static string Rules(params string[] rules) => rules.Length == 0 ? "" : "x-kestra-github:\n" + string.Concat(rules.Select(r => $"  {r}\n"));

    public static void Both(SyncCase one, bool more = false)
    {
        one.Kestra.State.PutFlow(Text(second: "by hand"));
        var files = new Dictionary<string, SandboxFile> { [Files] = Text(first: "of git") };
        if (more) files["_flows/b.yaml"] = SyncCase.Flow("b");
        one.Commit(files);
    }
}

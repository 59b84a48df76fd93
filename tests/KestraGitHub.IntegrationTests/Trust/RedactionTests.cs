using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>Secrets that come back from outside, in what others wrote: a commit's message, a server's error.</summary>
public sealed class RedactionTests
{
    private const string Password = "Kestra1234";
    private const string Token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

    [Fact]
    public async Task A_secret_in_a_commit_message_or_in_an_answer_of_Kestra_is_stars_wherever_people_read_it()
    {
        await using var one = await SyncCase.StartAsync();
        one.Git.Commit(one.Repository, "main", new Dictionary<string, SandboxFile> { ["_flows/etl.yaml"] = SyncCase.Flow("etl") }, $"set the password to {Password}, {Token}");
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 422, Method = "POST", PathContains = "/flows", Body = $$"""{"message": "no such user, {{Password}} or {{Token}}"}""" });
        await one.DefineAsync(one.Task("targetNamespace: prod"));
        var run = (await one.RunAsync()).Failed("no such user, *** or ***");

        Assert.Equal("set the password to ***, ***", run.Json["commitMessage"]!.GetValue<string>());
        var id = run.Json["id"]!.GetValue<string>();
        string[] told =
        [
            run.Json.ToJsonString(), await one.LogAsync(run), (await one.ViewAsync())!.ToJsonString(), await one.Service.Http.GetStringAsync("/api/v1/runs?limit=500"),
            .. one.Service.Output.Split('\n').Where(l => l.Contains(id, StringComparison.Ordinal)),
        ];
        Assert.All(told, text => Assert.False(text.Contains(Password, StringComparison.Ordinal) || text.Contains(Token, StringComparison.Ordinal), text));
    }
}

using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>A commit that failed for good is not tried again and again.</summary>
public sealed class QuarantineTests
{
    private const string Task = "targetNamespace: prod\ngitDirectory: _flows";
    private const string Invalid = "id: b\nnamespace: prod\ntasks:\n  - {id: x, type: io.kestra.plugin.nope.Nope}\n";

    private static Dictionary<string, SandboxFile> Files(string b) => new() { ["_flows/a.yaml"] = SyncCase.Flow("a"), ["_flows/b.yaml"] = b };

    [Fact]
    public async Task The_same_commit_ends_at_once_with_the_earlier_reason_until_something_changes()
    {
        await using var one = await SyncCase.HoldingAsync(Files(Invalid), []);
        var first = (await one.SyncAsync(Task)).Failed("_flows/b.yaml", "nope");
        Assert.Equal(1, first.Count("invalid"));
        Assert.Equal(first.Id, (await one.ViewAsync())!["quarantine"]!["run"]!.GetValue<string>());

        var calls = Validations(one);
        var again = (await one.RunAsync()).Failed("_flows/b.yaml", "nope", "not tried again", first.Id, "force");
        Assert.Equal((0, 0, 0), (again.Count("invalid"), again.Count("added"), again.Rows.Count));
        Assert.Equal(calls, Validations(one));
        Assert.Equal(1, (await one.RunAsync(dryRun: true)).Failed("_flows/b.yaml").Count("invalid"));

        Assert.Equal(1, (await one.RunAsync(force: true)).Failed("_flows/b.yaml").Count("invalid"));
        one.Commit(Files(SyncCase.Flow("b")));
        Assert.Equal(2, (await one.RunAsync()).Succeeded().Count("added"));
        Assert.Null((await one.ViewAsync())!["quarantine"]);
    }

    [Fact]
    public async Task Another_definition_is_another_try()
    {
        await using var one = await SyncCase.HoldingAsync(Files(Invalid), []);
        (await one.SyncAsync(Task)).Failed("nope");
        Assert.Equal((1, 1), ((await one.SyncAsync(Task + "\nignoreInvalidFlows: true")).Succeeded() is var run ? run.Count("added") : 0, run.Count("invalid")));
    }

    private static int Validations(SyncCase one) => one.Kestra.Calls.Count(c => c.Path.Contains("validate", StringComparison.Ordinal));
}

using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Definitions;

/// <summary>Every example of Kestra's page "Version Control with Git" is a definition as it stands.</summary>
public class SeedExamplesTests
{
    [Theory]
    [InlineData("sync-flows", "SyncFlows")]
    [InlineData("sync-namespace-files", "SyncNamespaceFiles")]
    [InlineData("webhook", "SyncFlows")]
    [InlineData("push-flows", "PushFlows")]
    [InlineData("push-namespace-files", "PushNamespaceFiles")]
    [InlineData("tenant-sync", "TenantSync")]
    [InlineData("namespace-sync", "NamespaceSync")]
    public void An_example_loads_and_runs_as_it_stands(string file, string type)
    {
        var definition = Read(file);
        var task = Assert.Single(definition.Tasks);
        Assert.Equal((type, TaskStanding.Runs), (task.ShortType, task.Standing));
        Assert.Equal(type, TaskRenderer.Render(definition, task, new RenderContext(Load.World, new Dictionary<string, string>())).Type);
        Assert.Empty(definition.Warnings);
    }

    [Fact]
    public void The_first_example_says_everything_a_run_needs()
    {
        var definition = Read("sync-flows");
        var task = TaskRenderer.Render(definition, definition.Tasks[0], new(Load.World, new Dictionary<string, string>()));
        Assert.Equal(new SyncKey("main", "system", "sync_from_git"), definition.Key);
        Assert.Equal(("https://github.com/kestra/scripts", "main", "your_git_dir"), (task.Git.Url, task.Git.Branch, task.Git.Directory));
        Assert.Equal(("git_username", "s3cr3t-pat"), (task.Git.Credential.Username, task.Git.Credential.Password!.Reveal()));
        Assert.Equal(new Scope(ResourceKind.Flow, "git", true), task.Scope);
        Assert.Equal(Load.Default, task.Kestra);
        Assert.Equal("*/1 * * * *", Assert.Single(definition.Schedules).Cron);
        Assert.Equal(["GITHUB_ACCESS_TOKEN"], definition.SecretNames);
    }

    [Fact]
    public void The_webhook_example_knows_its_key() => Assert.Equal(new Secret("s3cr3t-key"), Assert.Single(Read("webhook").Webhooks).Key);

    private static Definition Read(string file) => Load.Good(File.ReadAllText(Load.Data($"seed/{file}.yml")));
}

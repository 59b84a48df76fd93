using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Tests.Definitions;

namespace KestraGitHub.Tests.GitHub;

public sealed class GitHubNeedsTests
{
    private const string Hook = "triggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: \"{{ secret('WEBHOOK_KEY') }}\"\n";
    private const string Own = "username: bea\npassword: \"{{ secret('GITHUB_ACCESS_TOKEN') }}\"";

    [Theory]
    [InlineData("", "", true, "metadata:read checks:write contents:read", "")]
    [InlineData("", "", false, "metadata:read statuses:write contents:read", "")]
    [InlineData(Own, Hook, true, "metadata:read checks:write", "push check_run check_suite")]
    [InlineData(Own, Hook, false, "metadata:read statuses:write", "push")]
    [InlineData("", Hook + "x-kestra-github: { pullRequests: true }\n", true, "metadata:read checks:write contents:read pull_requests:write merge_queues:read", "push pull_request merge_group check_run check_suite")]
    [InlineData("", Hook + "x-kestra-github: { pullRequests: true }\n", false, "metadata:read statuses:write contents:read pull_requests:write", "push pull_request")]
    [InlineData("", Hook + "x-kestra-github: { pullRequests: { comment: false } }\n", true, "metadata:read checks:write contents:read pull_requests:read merge_queues:read", "push pull_request merge_group check_run check_suite")]
    [InlineData("", Hook + "x-kestra-github: { onDrift: pullRequest }\n", false, "metadata:read statuses:write contents:write pull_requests:write", "push")]
    [InlineData("", Hook + "x-kestra-github: { pullRequest: true }\n", false, "metadata:read statuses:write contents:read", "push")]
    [InlineData("", "disabled: true\n", true, "metadata:read", "")]
    public void Just_what_the_definitions_use_is_needed(string task, string flow, bool app, string permissions, string events)
    {
        var needs = Of(app, Load.Good(Load.Sync(task, flow)));
        Assert.Equal(permissions, string.Join(' ', needs.Permissions.Where(p => !p.Optional).Select(p => $"{p.Name}:{p.Level}")));
        Assert.Equal(events, string.Join(' ', needs.Events.Select(e => e.Name)));
    }

    [Fact]
    public void A_task_that_pushes_has_to_write_and_repositories_elsewhere_need_nothing()
    {
        const string push = "id: p\nnamespace: system\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.PushFlows\n    url: https://github.com/O/R\n    sourceNamespace: git\n    branch: main\n";
        Assert.Contains(Of(true, Load.Good(push)).Permissions, p => p is { Name: "contents", Level: "write" });
        var both = Of(true, Load.Good(push), Load.Good(Load.Sync(url: "git@github.com:o/r.git")), Load.Good(Load.Sync(url: "https://gitlab.example/o/other")));
        Assert.Equal(["o/r"], both.Repositories.Select(r => r.ToString()));
        Assert.Equal(["metadata"], Of(true, Load.Good(Load.Sync(url: "https://gitlab.example/o/other"))).Permissions.Select(p => p.Name));
    }

    [Fact]
    public async Task An_App_is_asked_what_it_is_granted_and_each_repository_what_of_that_was_accepted()
    {
        var github = new ScriptedGitHub { Options = { ApiUrl = "https://api.github.com", AppId = "Iv1.a", PrivateKey = ScriptedGitHub.Pem } };
        github.Answer = request => ScriptedGitHub.Json(request.RequestUri!.AbsolutePath switch
        {
            "/app" => """{"slug":"kgh","permissions":{"checks":"write","contents":"read","metadata":"read","pull_requests":"read"},"events":["push","pull_request"]}""",
            "/repos/o/r/installation" => """{"id":1,"permissions":{"checks":"write","metadata":"read"}}""",
            _ => "{}",
        });
        var probe = new GitHubProbe(github.Client(), new GitHubHosts(github.Options), github.Options);
        var needs = probe.NeedsOf([Load.Good(Load.Sync("", Hook + "x-kestra-github: { pullRequests: true }\n"))]);
        var report = await probe.CheckAsync(needs, default);
        Assert.Equal(["merge_queues", "organization_hooks", "pull_requests", "repository_hooks"], report.Permissions.Where(f => f.Has == false).Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["merge_group"], report.Events.Where(f => f.Has == false).Select(f => f.Name));
        Assert.Contains("not accepted Contents: read, Pull requests: write", Assert.Single(report.Repositories).Says, StringComparison.Ordinal);
        var fault = await Assert.ThrowsAsync<GitHubException>(() => probe.LookAsync(needs, default));
        Assert.Contains("kgh, which lacks pull_requests: write (for the plan as a comment), merge_queues: read", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_token_only_what_it_sees_can_be_told()
    {
        var github = new ScriptedGitHub { Options = { ApiUrl = "https://api.github.com" } };
        github.Answer = request => request.RequestUri!.AbsolutePath == "/rate_limit"
            ? ScriptedGitHub.Json("""{"resources":{"core":{"remaining":7}}}""")
            : ScriptedGitHub.Json("""{"permissions":{"pull":true,"push":false}}""");
        var probe = new GitHubProbe(github.Client(), new GitHubHosts(github.Options), github.Options);
        var report = await probe.CheckAsync(probe.NeedsOf([Load.Good(Load.Sync())]), default);
        Assert.Equal("api.github.com takes the token; 7 calls are left this hour", report.Says);
        Assert.All(report.Permissions, f => Assert.Null(f.Has));
        Assert.Equal(false, Assert.Single(report.Repositories).Has);
    }

    private static GitHubNeeds Of(bool app, params Definition[] definitions) => GitHubNeeds.Of(definitions, new GitHubHosts(new GitHubOptions()), app);
}

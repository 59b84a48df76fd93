using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Definitions;

public sealed class ProposalReaderTests
{
    [Fact]
    public void Without_the_key_a_task_pushes_to_its_branch()
    {
        Assert.Null(Load.Render(Of("")).Proposal);
        Assert.Null(Load.Render(Of("pullRequest: false")).Proposal);
        Assert.Null(Load.Render(Load.Sync(flow: "x-kestra-github:\n  pullRequest: true\n")).Proposal);
    }

    [Theory]
    [InlineData("pullRequest: true", "", "kestra-github/git/system/sync/git > main, its own")]
    [InlineData("pullRequest: true", "    branch: develop\n", "kestra-github/git/system/sync/git > develop, its own")]
    [InlineData("pullRequest: { base: main }", "    branch: edits\n", "edits > main")]
    [InlineData("pullRequest: { base: main }", "    branch: main\n", "kestra-github/git/system/sync/git > main, its own")]
    [InlineData("pullRequest: { branch: staging-edits }", "", "staging-edits > main")]
    [InlineData("pullRequest: { branch: b, base: main }", "    branch: edits\n", "b > main")]
    public void A_push_goes_to_a_work_branch_that_is_to_be_merged(string policy, string task, string expected)
    {
        var rendered = Load.Render(Of(policy, task).Replace("x-kestra-github:\n", "x-kestra-github:\n  tenant: git\n", StringComparison.Ordinal));
        Assert.Equal(expected, $"{rendered.Proposal!.WorkBranch} > {rendered.Git.Branch}{(rendered.Proposal.OwnBranch ? ", its own" : "")}");
    }

    [Fact]
    public void Its_words_are_rendered_when_the_definition_loads()
    {
        var rules = Load.Render(Of("pullRequest:\n    title: \"From {{ flow.namespace }}\"\n    body: Please look.\n    labels: kestra\n    reviewers: [bea, acme/ops]\n    draft: true")).Proposal!.Rules;
        Assert.Equal(("From system", "Please look.", true), (rules.Title, rules.Body, rules.Draft));
        Assert.Equal(["kestra", "bea", "acme/ops"], [.. rules.Labels, .. rules.Reviewers]);
    }

    [Fact]
    public void Edits_that_a_sync_keeps_go_back_to_the_branch_that_they_were_read_from()
    {
        var task = Load.Render(Load.Sync(task: "branch: prod", flow: "x-kestra-github:\n  onDrift: pullRequest\n  pullRequest: { base: main }\n"));
        Assert.Equal((OnDrift.PullRequest, "prod"), (task.Policy.OnDrift, task.Git.Branch));
        Assert.True(task.Proposal!.OwnBranch);
        Assert.Null(Load.Render(Of("onDrift: pullRequest")).Proposal);
    }

    [Theory]
    [InlineData("pullRequest: sometimes", "neither true nor false nor a map")]
    [InlineData("pullRequest: { titel: x }", "`titel` is no property")]
    [InlineData("pullRequest: { base: \"a b\" }", "`base` of `pullRequest` is no name of a branch")]
    [InlineData("pullRequest: { reviewers: \"a b\" }", "names nobody on GitHub")]
    [InlineData("pullRequest: { title: \"{{ secret('GITHUB_ACCESS_TOKEN') }}\" }", "draws on a secret")]
    [InlineData("pullRequest: { draft: perhaps }", "neither true nor false")]
    [InlineData("pullRequest: { branch: main }", "is the work branch of `pullRequest` too")]
    public void What_is_wrong_with_it_is_said(string policy, string words) => Assert.Contains(words, Load.Fault(Of(policy)).ToString(), StringComparison.Ordinal);

    private static string Of(string policy, string task = "") =>
        $"id: sync\nnamespace: system\n{(policy.Length == 0 ? "" : $"x-kestra-github:\n  {policy}\n")}tasks:\n  - id: git\n    type: io.kestra.plugin.git.PushFlows\n    url: https://github.com/o/r\n    sourceNamespace: prod\n{task}";
}

using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Definitions;

/// <summary>TenantSync and NamespaceSync as they are rendered (plugin-git.md, section 3.1).</summary>
public class WholeRendererTests
{
    private static string Whole(string task = "", string type = "TenantSync") =>
        $"id: whole\nnamespace: system\nvariables: {{way: GIT, token: \"{{{{ secret('GITHUB_ACCESS_TOKEN') }}}}\"}}\ntasks:\n  - id: all\n    type: io.kestra.plugin.git.{type}\n    url: https://github.com/o/r\n    branch: main\n"
        + (type == "TenantSync" ? "    auth: {auto: true}\n" : "    namespace: company.team\n")
        + string.Concat(task.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"    {l}\n"));

    [Fact]
    public void The_defaults_are_those_of_the_plugin()
    {
        var tenant = Load.Render(Whole());
        Assert.Equal((Direction.KestraToGit, WhenMissing.Delete, false, Layout.ByNamespace), (tenant.Policy.Direction, tenant.Policy.WhenMissing, tenant.Policy.IgnoreInvalid, tenant.Layout));
        Assert.Equal(["system"], tenant.Policy.ProtectedNamespaces);
        Assert.Equal(Scope.Tenant(new(ResourceKind.NamespaceFile, ResourceKind.Flow, ResourceKind.Dashboard, ResourceKind.App, ResourceKind.UnitTest)), tenant.Scope);
        Assert.Equal(("", false, "Tenant sync from Kestra"), (tenant.Git.Directory, tenant.Git.DirectoryMustExist, tenant.Push!.Message));
        var space = Load.Render(Whole(type: "NamespaceSync"));
        Assert.Equal(new Scope(new KindSet(ResourceKind.NamespaceFile, ResourceKind.Flow, ResourceKind.App, ResourceKind.UnitTest), "company.team", false), space.Scope);
        Assert.Equal("Namespace sync from Kestra", space.Push!.Message);
        Assert.NotEqual(tenant.Fingerprint, Load.Render(Whole("whenMissingInSource: KEEP")).Fingerprint);
    }

    [Fact]
    public void From_Git_the_directory_must_be_there_and_nothing_is_said_of_commits()
    {
        var task = Load.Render(Whole("sourceOfTruth: \"{{ vars.way }}\"\ngitDirectory: mono/repo\nonInvalidSyntax: WARN\nwhenMissingInSource: FAIL\nprotectedNamespaces: []\nincludeChildNamespaces: true", "NamespaceSync"));
        Assert.Equal((Direction.GitToKestra, WhenMissing.Fail, true), (task.Policy.Direction, task.Policy.WhenMissing, task.Policy.IgnoreInvalid));
        Assert.Equal((true, "mono/repo", true), (task.Git.DirectoryMustExist, task.Git.Directory, task.Scope.IncludeChildren));
        Assert.Null(task.Push);
        Assert.Empty(task.Policy.ProtectedNamespaces);
    }

    [Fact]
    public void Kinds_of_another_source_are_a_second_part_that_is_remembered_by_a_name_of_its_own()
    {
        var task = Load.Render(Whole("sourceOfTruth: GIT\nsourceOfTruthOverrides:\n  namespaceFiles: KESTRA\n  flows: GIT"));
        var parts = new[] { task, task.Other! };
        var (git, kestra) = (parts.Single(p => p.Policy.Direction == Direction.GitToKestra), parts.Single(p => p.Policy.Direction == Direction.KestraToGit));
        Assert.Equal([ResourceKind.NamespaceFile], kestra.Scope.Kinds);
        Assert.Equal([ResourceKind.Flow, ResourceKind.Dashboard, ResourceKind.App, ResourceKind.UnitTest], git.Scope.Kinds);
        Assert.Equal(("all", "all (file)", "all"), (git.Name, kestra.Name, kestra.Id));
        Assert.NotNull(kestra.Push);
        Assert.Null(task.Other!.Other);
        Assert.NotEqual(git.Fingerprint, kestra.Fingerprint);
        Assert.Null(Load.Render(Whole("sourceOfTruth: GIT\nsourceOfTruthOverrides: {flows: GIT}")).Other);
    }

    [Theory]
    [InlineData("sourceOfTruth: \"{{ vars.token }}x\"", "is none of GIT, KESTRA")]
    [InlineData("sourceOfTruth: BOTH", "none of GIT, KESTRA")]
    [InlineData("whenMissingInSource: \"{{ 'x' }}\"", "is none of DELETE, KEEP, FAIL")]
    [InlineData("sourceOfTruthOverrides: {dashes: GIT}", "Write flows or namespaceFiles")]
    [InlineData("sourceOfTruthOverrides: {flows: BOTH}", "is none of GIT, KESTRA")]
    [InlineData("protectedNamespaces: [Not A Namespace]", "which is no namespace")]
    [InlineData("gitDirectory: ../up", "leads out")]
    [InlineData("commitMessage: \"{{ vars.token }}\"", "draws on a secret")]
    public void What_would_be_misread_does_not_load(string task, string fault)
    {
        var found = Load.Fault(Whole(task));
        Assert.Contains(fault, found.Message + found.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void NamespaceSync_has_no_commit_message_as_in_Kestra() =>
        Assert.Contains("commitMessage", Load.Fault(Whole("commitMessage: sync it", "NamespaceSync")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("sourceOfTruth: GIT", false)]
    [InlineData("", true)]
    [InlineData("sourceOfTruth: KESTRA", true)]
    [InlineData("sourceOfTruth: GIT\nsourceOfTruthOverrides: {flows: KESTRA}", true)]
    public void Its_pushes_are_known_when_they_come_back(string task, bool writes) => Assert.Equal(writes, Load.Good(Whole(task)).WritesToGit);
}

using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Definitions;

public class PushRendererTests
{
    private static string Push(string task = "", string type = "PushFlows") =>
        $"id: push\nnamespace: system\nvariables: {{list: '[\"a*\",\"b*\"]', token: \"{{{{ secret('GITHUB_ACCESS_TOKEN') }}}}\"}}\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.{type}\n    url: https://github.com/o/r\n"
        + string.Concat(task.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"    {l}\n"));

    [Fact]
    public void The_defaults_are_those_of_the_plugin()
    {
        var flows = Load.Render(Push());
        Assert.Equal((Direction.KestraToGit, WhenMissing.Delete, Layout.FlowsByFolder), (flows.Policy.Direction, flows.Policy.WhenMissing, flows.Layout));
        Assert.Equal(("main", "_flows", false), (flows.Git.Branch, flows.Git.Directory, flows.Git.DirectoryMustExist));
        Assert.Equal(new Scope(ResourceKind.Flow, "system", false), flows.Scope);
        Assert.Equal(("Add flows from system namespace", "system", new Person("KestraGitHub", "kestra-github@localhost")), (flows.Push!.Message, flows.Push.TargetNamespace, flows.Push.Author));
        Assert.Equal(["**"], flows.Push.Selection.Globs);
        var files = Load.Render(Push(type: "PushNamespaceFiles"));
        var dashboards = Load.Render(Push("dashboards: [a*, b]", "PushDashboards"));
        Assert.Equal(("_dashboards", "Add dashboards from flow: push", Layout.Dashboards), (dashboards.Git.Directory, dashboards.Push!.Message, dashboards.Layout));
        Assert.Equal(("a*,b", WhenMissing.Delete), (string.Join(',', dashboards.Push.Selection.Globs), dashboards.Policy.WhenMissing));
        Assert.Equal(("_files", "Add files from system namespace", Layout.NamespaceFiles), (files.Git.Directory, files.Push!.Message, files.Layout));
    }

    [Theory]
    [InlineData("flows: \"{{ vars.list }}\"", "a*,b*")]
    [InlineData("flows: [\"x{{ 1 }}\", y]", "x1,y")]
    [InlineData("flows: \"[ab]*\"", "[ab]*")]
    [InlineData("flows: one", "one")]
    public void A_selection_is_a_text_a_list_or_a_text_that_holds_a_list(string task, string globs) =>
        Assert.Equal(globs, string.Join(',', Load.Render(Push(task)).Push!.Selection.Globs));

    [Theory]
    [InlineData("flows: \"\"", "`flows` of the task git is empty")]
    [InlineData("flows: []", "`flows` of the task git is empty")]
    [InlineData("flows: [a, \"{{ '' }}\"]", "`flows` of the task git is empty")]
    [InlineData("flows: \"regex:(\"", "holds a pattern that is none")]
    [InlineData("commitMessage: \"{{ vars.token }}\"", "draws on a secret")]
    [InlineData("authorName: \"{{ secret('GITHUB_ACCESS_TOKEN') }}\"", "draws on a secret")]
    [InlineData("authorEmail: \"a> b\"", "holds `<`")]
    [InlineData("pushMode: DELETE_ONLY\ndelete: false", "together they do nothing")]
    [InlineData("targetNamespace: Not A Namespace", "is no namespace")]
    public void What_would_select_too_much_or_tell_too_much_does_not_load(string task, string fault)
    {
        var found = Load.Fault(Push(task));
        Assert.Contains(fault, found.Message + found.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_commits_is_who_was_named_or_whom_git_is_configured_for()
    {
        Assert.Equal(new Person("N", "n@b.c"), Load.Render(Push("authorName: N\nauthorEmail: n@b.c\nusername: u")).Push!.Author);
        Assert.Equal(new Person("u", "n@b.c"), Load.Render(Push("authorEmail: n@b.c\nusername: u")).Push!.Author);
        Assert.Equal(new Person("KestraGitHub", "n@b.c"), Load.Render(Push("authorEmail: n@b.c\nusername: \"{{ vars.token }}\"")).Push!.Author);
        Assert.Equal(new Person("G", "g@b.c"), Load.Render(Push("gitConfig: {user.name: G, user.email: g@b.c}\nusername: u")).Push!.Author);
    }

    [Fact]
    public void What_is_selected_is_part_of_what_was_known_before() =>
        Assert.NotEqual(Load.Render(Push("flows: a*")).Fingerprint, Load.Render(Push("flows: b*")).Fingerprint);
}

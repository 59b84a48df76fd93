using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Definitions;

public class TaskRendererTests
{
    private const string Files = "id: sync\nnamespace: system\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.SyncNamespaceFiles\n    url: https://github.com/o/r\n";

    [Fact]
    public void The_defaults_are_those_of_the_plugin()
    {
        var flows = Load.Render(Load.Sync());
        Assert.Equal((Layout.FlowsByFolder, Direction.GitToKestra, false), (flows.Layout, flows.Policy.Direction, flows.DryRun));
        Assert.Equal(new Scope(ResourceKind.Flow, "git", false), flows.Scope);
        Assert.Equal(("main", "_flows", true, false), (flows.Git.Branch, flows.Git.Directory, flows.Git.DirectoryMustExist, flows.Git.Submodules));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), true), (flows.Git.Transport.ConnectTimeout, flows.Git.Transport.ReadTimeout, flows.Git.Transport.StrictHostKeyChecking));
        Assert.Equal((WhenMissing.Keep, false, "flow system/sync"), (flows.Policy.WhenMissing, flows.Policy.IgnoreInvalid, flows.Policy.Self.ToString()));
        Assert.Empty(flows.Policy.ProtectedNamespaces);
        var files = Load.Render(Files);
        Assert.Equal((Layout.NamespaceFiles, new Scope(ResourceKind.NamespaceFile, "system", false), "_files"), (files.Layout, files.Scope, files.Git.Directory));
    }

    [Fact]
    public void SyncFlow_names_one_file_and_never_deletes()
    {
        string Flow(string path) => Files.Replace("SyncNamespaceFiles", "SyncFlow", StringComparison.Ordinal) + $"    auth: {{apiToken: t}}\n    targetNamespace: prod\n    flowPath: {path}\n";
        var task = Load.Render(Flow("./_flows//a.yml"));
        Assert.Equal((Layout.OneFlow, "_flows/a.yml", "main"), (task.Layout, task.Git.Directory, task.Git.Branch));
        Assert.Equal((new Scope(ResourceKind.Flow, "prod", false), WhenMissing.Keep, false), (task.Scope, task.Policy.WhenMissing, task.Policy.IgnoreInvalid));
        Assert.Equal("t", task.Kestra.Auth.ApiToken!.Reveal());
        Assert.Contains("`flowPath` of the task git leads out", Load.Fault(Flow("../a.yml")).Message, StringComparison.Ordinal);
        Assert.Contains("`flowPath` of the task git is empty", Load.Fault(Flow("\"\"")).Message, StringComparison.Ordinal);
        Assert.Contains("`auth`", Load.Fault(Flow("a.yml").Replace("    auth: {apiToken: t}\n", "", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dashboards_belong_to_the_tenant()
    {
        var task = Load.Render(Files.Replace("SyncNamespaceFiles", "SyncDashboards", StringComparison.Ordinal) + "    delete: true\n");
        Assert.Equal((Layout.Dashboards, "_dashboards", WhenMissing.Delete, false), (task.Layout, task.Git.Directory, task.Policy.WhenMissing, task.Policy.IgnoreInvalid));
        Assert.True(task.Scope.Contains(new ResourceKey(ResourceKind.Dashboard, "", "a")));
        Assert.False(task.Scope.Contains(new ResourceKey(ResourceKind.Flow, "system", "a")));
    }

    [Fact]
    public void Every_property_arrives()
    {
        var task = Load.Render(Load.Sync("""
            branch: refs/heads/dev
            delete: true
            dryRun: "true"
            ignoreInvalidFlows: true
            includeChildNamespaces: "{{ vars.yes }}"
            failOnMissingDirectory: false
            cloneSubmodules: true
            connectTimeout: 1500
            readTimeout: "{{ '2500' }}"
            noProxy: true
            trustedCaPemPath: /ca.pem
            privateKey: "{{ secret('WEBHOOK_KEY') }}"
            passphrase: p
            knownHosts: h
            strictHostKeyChecking: false
            timeout: PT1M30.5S
            retry: {type: exponential, interval: PT1S, maxAttempts: 4, delayFactor: 3, maxInterval: PT1M}
            """, "variables: {yes: true}"));
        Assert.Equal(("dev", WhenMissing.Delete, true, true, true), (task.Git.Branch, task.Policy.WhenMissing, task.DryRun, task.Policy.IgnoreInvalid, task.Scope.IncludeChildren));
        Assert.Equal((false, true), (task.Git.DirectoryMustExist, task.Git.Submodules));
        Assert.Equal(new GitTransport(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2.5), "/ca.pem", true, task.Git.Transport.Config, "h", false), task.Git.Transport);
        Assert.Equal((new Secret("s3cr3t-key"), new Secret("p")), (task.Git.Credential.PrivateKey, task.Git.Credential.Passphrase));
        Assert.Equal(TimeSpan.FromSeconds(90.5), task.Timeout);
        Assert.Equal(new RetryPolicy(4, TimeSpan.FromSeconds(1), 3, TimeSpan.FromMinutes(1), null), task.Retry);
    }

    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("/a/b/", "a/b")]
    [InlineData("./a//b/./", "a/b")]
    [InlineData("\".\"", "")]
    [InlineData("\"\"", "")]
    [InlineData("/", "")]
    [InlineData("\"{{ flow.namespace }}/x\"", "system/x")]
    [InlineData("a..b", "a..b")]
    public void A_directory_is_relative_to_the_root(string written, string directory) => Assert.Equal(directory, Load.Render(Load.Sync("gitDirectory: " + written)).Git.Directory);

    [Theory]
    [InlineData("gitDirectory: a/../b", "..")]
    [InlineData("branch: -x", "branch")]
    [InlineData("branch: refs/tags/v1", "tag")]
    [InlineData("branch: a b", "branch")]
    [InlineData("branch: \"\"", "value")]
    [InlineData("kestraUrl: ftp://x", "kestraUrl")]
    [InlineData("kestraUrl: https://u:p@x", "kestraUrl")]
    [InlineData("gitConfig: {core: {longpaths: true}}", "dots")]
    [InlineData("failOnMissingDirectory: \"{{ flow.id }}\"", "true")]
    [InlineData("connectTimeout: \"{{ flow.id }}\"", "number")]
    public void A_value_that_cannot_be_is_a_fault_at_load(string line, string says) => Assert.Contains(says, Load.Fault(Load.Sync(line)).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://github.com/o/r.git")]
    [InlineData("ssh://git@github.com:22/o/r")]
    [InlineData("git@github.com:o/r.git")]
    [InlineData("file:///srv/r.git")]
    [InlineData("http://[::1]:8080/r")]
    public void An_address_of_a_repository_is_taken_as_it_is(string url) => Assert.Equal(url, Load.Render(Load.Sync(url: url)).Git.Url);

    [Theory]
    [InlineData("ext::sh -c x")]
    [InlineData("--upload-pack=x")]
    [InlineData("ssh://-oProxyCommand=x/r")]
    [InlineData("-oProxyCommand=x@h:r")]
    [InlineData("h:-r")]
    [InlineData("ftp://h/r")]
    [InlineData("/srv/r.git")]
    [InlineData("https://")]
    [InlineData("https://s3cr3t-token@h/r")]
    [InlineData("\"https://h/r\\nx\"")]
    [InlineData("\"\"")]
    public void What_is_none_is_a_fault(string url) => Assert.Contains("`url`", Load.Fault(Load.Sync(url: url)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("https://u:p%40w@h/r", "https://h/r", "u", "p@w")]
    [InlineData("\"{{ secret('URL_WITH_PW') }}\"", "https://h/r", "u", "s3cr3t-embedded")]
    [InlineData("ssh://git:pw@h/r", "ssh://git@h/r", "git", "pw")]
    public void A_password_in_the_address_is_used_and_taken_out_with_a_warning(string url, string stripped, string user, string password)
    {
        var warning = Assert.Single(Load.Good(Load.Sync(url: url)).Warnings);
        Assert.DoesNotContain(password, warning.ToString(), StringComparison.Ordinal);
        var git = Load.Render(Load.Sync(url: url)).Git;
        Assert.Equal((stripped, user, password), (git.Url, git.Credential.Username, git.Credential.Password!.Reveal()));
        Assert.Equal("own", Load.Render(Load.Sync("username: me\npassword: own", url: url)).Git.Credential.Password!.Reveal());
    }

    [Fact]
    public void Git_settings_become_flat()
    {
        var config = Load.Render(Load.Sync("gitConfig: {CORE.longPaths: true, http.postBuffer: 524288000, \"http.https://h.example/x.version\": \" HTTP/1.1 \", user.name: null, user.email: \" \", fetch.prune: [a, b], lonely: 1}")).Git.Transport.Config;
        Assert.Equal(
            [new("core.longPaths", "true"), new("http.postBuffer", "524288000"), new("http.https://h.example/x.version", "HTTP/1.1"), new("user.name", null), new("user.email", null), new("fetch.prune", "a"), new("fetch.prune", "b")],
            config);
    }

    [Theory]
    [InlineData("core.sshCommand")]
    [InlineData("core.hooksPath")]
    [InlineData("core.fsmonitor")]
    [InlineData("core.gitProxy")]
    [InlineData("core.askPass")]
    [InlineData("CORE.PAGER")]
    [InlineData("credential.helper")]
    [InlineData("credential.https://h.helper")]
    [InlineData("ssh.proxyCommand")]
    [InlineData("url.https://evil/.insteadOf")]
    [InlineData("include.path")]
    [InlineData("includeIf.gitdir:/.path")]
    [InlineData("filter.x.clean")]
    [InlineData("protocol.file.allow")]
    [InlineData("http.extraHeader")]
    [InlineData("http.sslVerify")]
    [InlineData("http.followRedirects")]
    [InlineData("http.cookieFile")]
    [InlineData("uploadpack.packObjectsHook")]
    [InlineData("remote.origin.uploadpack")]
    [InlineData("alias.fetch")]
    [InlineData("diff.external")]
    [InlineData("diff.x.context")]
    [InlineData("merge.x.driver")]
    [InlineData("fetch.bundleURI")]
    [InlineData("gpg.program")]
    [InlineData("commit.gpgSign")]
    public void Git_settings_that_run_or_redirect_are_refused(string key) =>
        Assert.Contains("may not be set", Load.Fault(Load.Sync($"gitConfig: {{\"{key}\": x}}")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_value_of_the_delivery_counts_when_there_is_one()
    {
        var yaml = Load.Sync("branch: \"{{ trigger.body.ref }}\"", target: "\"{{ trigger.body.ns | default('fallback') }}\"");
        var task = Load.Render(yaml, null, ("body.ref", "\"refs/heads/dev\""), ("body.ns", "\"team\""));
        Assert.Equal(("dev", "team"), (task.Git.Branch, task.Scope.Namespace));
        var refused = Load.Refuse(yaml);
        Assert.Contains("`branch` of the task git is empty", refused.Message, StringComparison.Ordinal);
        Assert.Contains("by hand", refused.Message, StringComparison.Ordinal);
        Assert.Contains("`branch`", Load.Refuse(yaml, ("body.ref", "\"refs/tags/v1\"")).Message, StringComparison.Ordinal);
        Assert.Contains("`targetNamespace`", Load.Refuse(yaml, ("body.ref", "\"main\""), ("body.ns", "\"../x\"")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gitDirectory")]
    [InlineData("delete")]
    [InlineData("dryRun")]
    [InlineData("connectTimeout")]
    public void What_comes_out_empty_is_no_silent_default(string property) =>
        Assert.Contains($"`{property}`", Load.Refuse(Load.Sync($"{property}: \"{{{{ trigger.body.x }}}}\"")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_branch_is_never_allowed() =>
        Assert.Contains("missing branch", Assert.Single(Load.Good(Load.Sync("failOnMissingBranch: false")).Warnings).Message, StringComparison.Ordinal);

    [Fact]
    public void The_fingerprint_follows_what_is_done_and_no_credential()
    {
        string Of(string lines, string target = "git") => Load.Render(Load.Sync(lines, target: target)).Fingerprint;
        var plain = Of("");
        Assert.Matches("^[0-9a-f]{64}$", plain);
        Assert.All((string[])["password: x\nusername: y", "privateKey: x", "auth: {username: a, password: b}", "dryRun: true", "timeout: PT1M"], same => Assert.Equal(plain, Of(same)));
        string[] others = [Of("branch: dev"), Of("gitDirectory: x"), Of("delete: true"), Of("includeChildNamespaces: true"), Of("", "other"), Of("kestraUrl: http://other\nauth: {auto: false}"), plain];
        Assert.Equal(others.Length, others.Distinct().Count());
    }

    [Fact]
    public void No_secret_is_in_what_a_rendered_task_prints() =>
        Assert.DoesNotContain("s3cr3t", Load.Render(Load.Sync("password: \"{{ secret('GITHUB_ACCESS_TOKEN') }}\"\nusername: u\nauth: {apiToken: \"{{ secret('KESTRA_PASSWORD') }}\"}")).ToString(), StringComparison.Ordinal);
}

using KestraGitHub.Git;

namespace KestraGitHub.Tests.Git;

public class GitConfigOfTaskTests
{
    [Theory]
    [InlineData("http.sslVerify", true)]
    [InlineData("http.https://git.example.org/.proxy", true)]
    [InlineData("core.longpaths", true)]
    [InlineData("user.name", true)]
    [InlineData("core.sshCommand", false)]
    [InlineData("core.fsmonitor", false)]
    [InlineData("core.hooksPath", false)]
    [InlineData("core.askPass", false)]
    [InlineData("credential.helper", false)]
    [InlineData("url.ext::sh.insteadOf", false)]
    [InlineData("include.path", false)]
    [InlineData("protocol.ext.allow", false)]
    [InlineData("http.cookieFile", false)]
    [InlineData("http.https://host/.followRedirects", false)]
    [InlineData("remote.x.uploadpack", false)]
    [InlineData("alias.fetch", false)]
    [InlineData("http", false)]
    public void A_definition_may_tune_but_not_run_or_read(string key, bool passes) => Assert.Equal(passes, GitConfigOfTask.Passes(key));
}

using KestraGitHub.Git;

namespace KestraGitHub.Tests.Git;

public class GitUrlTests
{
    private static readonly string[] All = ["https", "ssh", "http", "file"];

    [Theory]
    [InlineData("https://github.com/o/r", "https://github.com/o/r", "https://github.com/")]
    [InlineData(" HTTPS://GitHub.com:443/o/R.git/ ", "https://github.com/o/R.git", "https://github.com/")]
    [InlineData("https://git.example.org:8443/o/r", "https://git.example.org:8443/o/r", "https://git.example.org:8443/")]
    [InlineData("http://[::1]:3000/r", "http://[::1]:3000/r", "http://[::1]:3000/")]
    [InlineData("ssh://me@host:2222/srv/r.git", "ssh://me@host:2222/srv/r.git", "")]
    [InlineData("ssh://host/~/r.git", "ssh://git@host/~/r.git", "")]
    [InlineData("git@github.com:o/r.git", "git@github.com:o/r.git", "")]
    [InlineData("github.com:o/r.git", "git@github.com:o/r.git", "")]
    [InlineData("file:///srv/r.git/", "file:///srv/r.git", "")]
    [InlineData("https://dev.azure.com/o/p/_git/r%20s", "https://dev.azure.com/o/p/_git/r%20s", "https://dev.azure.com/")]
    public void An_address_is_written_one_way(string url, string text, string origin)
    {
        var parsed = GitUrl.Parse(url, All);
        Assert.Equal((text, origin), (parsed.Text, parsed.Origin));
        Assert.Null(parsed.Embedded);
    }

    [Theory]
    [InlineData("https://me:s3cr%40t@host/r", "me", "s3cr@t")]
    [InlineData("https://me:s3@cr@host/r", "me", "s3@cr")]
    [InlineData("https://ghp_token@host/r", "x-access-token", "ghp_token")]
    public void A_credential_in_an_address_is_taken_out_of_it(string url, string user, string password)
    {
        var parsed = GitUrl.Parse(url, All);
        Assert.Equal("https://host/r", parsed.Text);
        Assert.Equal((user, password), (parsed.Embedded?.Username, parsed.Embedded?.Password?.Reveal()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ext::sh -c touch% /tmp/x")]
    [InlineData("ext::sh")]
    [InlineData("ext://x/y")]
    [InlineData("git://host/r")]
    [InlineData("ftp://host/r")]
    [InlineData("http://host/r")]
    [InlineData("file:///srv/r.git")]
    [InlineData("/srv/r.git")]
    [InlineData("../r.git")]
    [InlineData("-oProxyCommand=x")]
    [InlineData("--upload-pack=x")]
    [InlineData("ssh://-oProxyCommand=x/r")]
    [InlineData("ssh://me@-oProxyCommand=x/r")]
    [InlineData("ssh://-l@host/r")]
    [InlineData("-oX@host:r")]
    [InlineData("git@-oX:r")]
    [InlineData("git@host:-r")]
    [InlineData("git@host:")]
    [InlineData("https://host")]
    [InlineData("https://host/")]
    [InlineData("https:///r")]
    [InlineData("https://host:99999/r")]
    [InlineData("https://host/r?token=s3cret")]
    [InlineData("https://host/r#x")]
    [InlineData("https://ho st/r")]
    [InlineData("https://host/a\nb")]
    [InlineData("https://host/a\0b")]
    [InlineData("https://u:s3cret@ho$t/r")]
    [InlineData("https://u:s3cret/x@host/r")]
    [InlineData("u:s3cret@host:r")]
    [InlineData("HTTPS://u:s3cret@host:port/r")]
    public void What_is_no_safe_address_is_refused_without_showing_a_secret(string url)
    {
        var fault = Assert.Throws<GitException>(() => GitUrl.Parse(url, GitOptions.DefaultProtocols));
        Assert.Equal(GitErrorKind.Protocol, fault.Kind);
        Assert.DoesNotContain("s3cret", fault.Message, StringComparison.Ordinal);
    }
}

using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public sealed class RepositoryNameTests
{
    private const string Flows = "github.com/acme/flows";

    [Theory]
    [InlineData("https://github.com/acme/flows")]
    [InlineData("https://github.com/acme/flows.git")]
    [InlineData("https://github.com/acme/flows.GIT")]
    [InlineData("https://github.com/acme/flows/")]
    [InlineData("https://github.com//acme//flows.git/")]
    [InlineData("HTTPS://GitHub.COM/Acme/Flows.git")]
    [InlineData("http://github.com/acme/flows")]
    [InlineData("https://github.com:443/acme/flows")]
    [InlineData("https://www.github.com/acme/flows")]
    [InlineData("https://github.com./acme/flows")]
    [InlineData("https://token@github.com/acme/flows.git")]
    [InlineData("https://bea:p%40ss@github.com/acme/flows.git")]
    [InlineData("https://github.com/acme/%66lows")]
    [InlineData("git@github.com:acme/flows.git")]
    [InlineData("git@GitHub.com:Acme/Flows")]
    [InlineData("git@github.com:/acme/flows.git")]
    [InlineData("github.com:acme/flows.git")]
    [InlineData("ssh://git@github.com/acme/flows.git")]
    [InlineData("ssh://git@github.com:22/acme/flows")]
    [InlineData("ssh://git@ssh.github.com:443/acme/flows.git")]
    [InlineData(" https://github.com/acme/flows ")]
    public void Every_address_of_a_repository_is_one_name(string url) => Assert.Equal(Flows, RepositoryName.Of(url)?.ToString());

    [Theory]
    [InlineData("https://github.com/acme/flows2")]
    [InlineData("https://github.com/acme/flows/tree")]
    [InlineData("https://github.com/acme2/flows")]
    [InlineData("https://github.com.evil.example/acme/flows")]
    [InlineData("https://evil.example/github.com/acme/flows")]
    [InlineData("https://github.com@evil.example/acme/flows")]
    [InlineData("git@evil.example:github.com/acme/flows")]
    [InlineData("https://github.com/acme/.git")]
    [InlineData("https://ghe.example/acme/flows")]
    [InlineData("https://g\u0456thub.com/acme/flows")] // a Cyrillic letter
    [InlineData("https://github.com/acme/\u212Aflows")] // the Kelvin sign, whose small letter is k
    public void What_only_looks_like_it_is_another(string url)
    {
        var name = RepositoryName.Of(url);
        Assert.NotNull(name);
        Assert.NotEqual(Flows, name.ToString());
    }

    [Fact]
    public void Letters_beyond_ASCII_are_not_folded() =>
        Assert.NotEqual(RepositoryName.Of("https://github.com/acme/k"), RepositoryName.Of("https://github.com/acme/\u212A"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("acme/flows")]
    [InlineData("file:///srv/flows.git")]
    [InlineData("git://github.com/acme/flows")]
    [InlineData("https://github.com")]
    [InlineData("https://github.com/")]
    [InlineData("https://github.com/acme/../flows")]
    [InlineData("https://github.com/acme/%2e%2e/flows")]
    [InlineData("git@github.com:acme/../../flows")]
    [InlineData("https://github.com/acme/./flows")]
    [InlineData("https://github.com/acme\\flows")]
    [InlineData("https://github.com/acme/flows?x=1")]
    [InlineData("https://github.com/acme/flows#main")]
    [InlineData("https://github.com/acme/flo%00ws")]
    [InlineData("https://github.com/acme/flo\nws")]
    [InlineData("--upload-pack=touch:x")]
    [InlineData("https:///acme/flows")]
    public void What_names_no_repository_is_none(string? url) => Assert.Null(RepositoryName.Of(url));

    [Fact]
    public void A_name_keeps_no_credential_and_an_endless_one_is_none()
    {
        Assert.DoesNotContain("s3cr3t", RepositoryName.Of("https://bea:s3cr3t@github.com/acme/flows").ToString(), StringComparison.Ordinal);
        Assert.Null(RepositoryName.Of("https://github.com/acme/" + new string('a', 5000)));
        Assert.Equal("::1/acme/flows", RepositoryName.Of("ssh://git@[::1]:2222/acme/flows.git").ToString());
    }

    [Fact]
    public void A_definition_names_what_its_git_tasks_read_and_says_when_only_a_run_knows()
    {
        var plain = Load.Good(Load.Sync(url: "git@github.com:Acme/Flows.git")).Repositories;
        Assert.Equal([Flows], plain.Names.Select(n => n.ToString()));
        Assert.False(plain.Open);

        var fromVariable = Load.Good(Load.Sync(url: "\"https://github.com/{{ vars.owner }}/flows\"", flow: "variables:\n  owner: acme")).Repositories;
        Assert.Equal([Flows], fromVariable.Names.Select(n => n.ToString()));

        var fromSecret = Load.Good(Load.Sync(url: "\"{{ secret('URL_WITH_PW') }}\"")).Repositories;
        Assert.Equal(["h/r"], fromSecret.Names.Select(n => n.ToString()));

        var fromKv = Load.Good(Load.Sync(url: "\"{{ kv('REPOSITORY') }}\"")).Repositories;
        Assert.Empty(fromKv.Names);
        Assert.True(fromKv.Open);
    }
}

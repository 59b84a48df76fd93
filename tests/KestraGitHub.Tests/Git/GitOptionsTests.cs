using KestraGitHub.Configuration;
using KestraGitHub.Git;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KestraGitHub.Tests.Git;

public class GitOptionsTests
{
    [Fact]
    public void Only_safe_protocols_are_spoken_unless_others_are_asked_for()
    {
        Assert.Equal(["https", "ssh"], Read().AllowedProtocols);
        Assert.Equal(["file"], Read(("Git:AllowedProtocols:0", "File")).AllowedProtocols);
    }

    [Fact]
    public void Values_are_read()
    {
        var options = Read(("Git:FetchTimeout", "PT90S"), ("Git:LsRemoteTimeout", "00:00:07"), ("Git:CacheLimitBytes", "1000"));
        Assert.Equal((90, 7, 1000), (options.FetchTimeout.TotalSeconds, options.LsRemoteTimeout.TotalSeconds, options.CacheLimitBytes));
    }

    [Theory]
    [InlineData("Git:AllowedProtocols:0", "ext")]
    [InlineData("Git:FetchTimeout", "soon")]
    [InlineData("Git:FetchTimout", "PT1M")]
    [InlineData("Git:CacheLimitBytes", "-1")]
    public void What_is_wrong_is_said(string key, string value) =>
        Assert.Contains(key.Split(':')[1], Assert.Throws<ConfigurationException>(() => Read((key, value))).Message, StringComparison.Ordinal);

    private static GitOptions Read(params (string Key, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();
        using var services = new ServiceCollection().AddGit(configuration).BuildServiceProvider();
        services.CheckConfiguration();
        return services.GetRequiredService<GitOptions>();
    }
}

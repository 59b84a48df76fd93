using KestraGitHub.Configuration;
using KestraGitHub.Kestra;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KestraGitHub.Tests.Kestra;

public sealed class KestraOptionsTests
{
    [Fact]
    public void Servers_are_bound_by_name()
    {
        var options = Bind(
            ("Kestra:Url", "https://a.example/kestra"), ("Kestra:Username", "u@x.y"), ("Kestra:Password", "secret"), ("Kestra:WritesAtOnce", "8"),
            ("Kestra:WriteTimeout", "PT20S"), ("Kestra:Targets:prod:Url", "http://b.example:8080"), ("Kestra:Targets:prod:Tenant", "t1"),
            ("Kestra:Targets:prod:ApiToken", "token"));
        var targets = options.ToTargets();
        Assert.Equal(["", "prod"], targets.Keys);
        Assert.Equal("main", targets[""].Tenant);
        Assert.Equal("secret", targets[""].Auth.Password!.Reveal());
        Assert.Equal("token", targets["prod"].Auth.ApiToken!.Reveal());
        Assert.Equal("t1", targets["prod"].Tenant);
        Assert.Equal(8, options.WritesAtOnce);
        Assert.Equal(TimeSpan.FromSeconds(20), options.Timings.Write);
        Assert.Empty(Bind().ToTargets());
    }

    [Theory]
    [InlineData("https:// or http://", "Kestra:Url", "ftp://x")]
    [InlineData("https:// or http://", "Kestra:Url", "localhost:8080")]
    [InlineData("must not hold credentials", "Kestra:Url", "https://u:hidden@x.example")]
    [InlineData("no ? and no #", "Kestra:Url", "https://x.example/?a=b")]
    [InlineData("one of them is missing", "Kestra:Url", "https://x", "Kestra:Username", "u")]
    [InlineData("one of them is missing", "Kestra:Url", "https://x", "Kestra:Password", "hidden")]
    [InlineData("not both", "Kestra:Url", "https://x", "Kestra:ApiToken", "hidden", "Kestra:Username", "u", "Kestra:Password", "hidden")]
    [InlineData("Set Kestra:Url", "Kestra:ApiToken", "hidden")]
    [InlineData("Tenant", "Kestra:Url", "https://x", "Kestra:Tenant", "Main")]
    [InlineData("Kestra:Targets:a:Url", "Kestra:Targets:a:Tenant", "main")]
    [InlineData("WritesAtOnce", "Kestra:WritesAtOnce", "0")]
    [InlineData("ValidateBatch", "Kestra:ValidateBatch", "129")]
    [InlineData("WriteTimeout", "Kestra:WriteTimeout", "PT2H")]
    public void A_wrong_section_says_what_is_wrong(string expected, params string[] settings)
    {
        var options = Bind([.. settings.Chunk(2).Select(p => (p[0], p[1]))]);
        var error = Assert.Throws<FormatException>(options.ToTargets);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_keys_and_faults_refuse_to_start()
    {
        Assert.Throws<ConfigurationException>(() => Provider(("Kestra:Urll", "https://x")).CheckConfiguration());
        Assert.Throws<ConfigurationException>(() => Provider(("Kestra:Targets:a:Tokn", "x")).CheckConfiguration());
        Assert.Throws<ConfigurationException>(() => Provider(("Kestra:Url", "x")).CheckConfiguration());
        Assert.Throws<ConfigurationException>(() => Provider(("Kestra:WriteTimeout", "soon")).CheckConfiguration());
        Assert.Equal("a", Assert.Single(Provider(("Kestra:Targets:a:Url", "https://x")).GetRequiredService<KestraServers>().Status).Name);
    }

    private static KestraOptions Bind(params (string Key, string Value)[] settings) => Provider(settings).GetRequiredService<KestraOptions>();

    private static ServiceProvider Provider(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        return new ServiceCollection().AddLogging().AddSingleton(configuration).AddKestra(configuration).BuildServiceProvider();
    }
}

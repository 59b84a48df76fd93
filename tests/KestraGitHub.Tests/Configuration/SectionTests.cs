using KestraGitHub.Access;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Tests.Configuration;

public sealed class SectionTests
{
    [Fact]
    public void Values_lists_maps_and_durations_are_read()
    {
        using var services = Services(
            ("Some:Name", "a"), ("Some:Every", "PT10M"), ("Some:Url", "https://x.example/"), ("Some:Many:0", "one"), ("Some:Token", "hush"),
            ("Some:Targets:eu:Url", "https://eu.example/"), ("Some:Level", "operator"));
        var some = services.GetRequiredService<IOptions<SomeOptions>>().Value;
        services.CheckConfiguration();

        Assert.Equal("a", some.Name);
        Assert.Equal(TimeSpan.FromMinutes(10), some.Every);
        Assert.Equal(["one"], some.Many);
        Assert.Equal("hush", some.Token!.Reveal());
        Assert.Equal("https://eu.example/", some.Targets["EU"].Url!.ToString());
        Assert.Equal(Role.Operator, some.Level);
    }

    [Fact]
    public void Every_fault_is_told_at_once_by_key_and_without_its_value()
    {
        using var services = Services(
            ("Some:Nam", "hidden"), ("Some:Every", "hidden"), ("Some:Targets:eu:Ulr", "hidden"), ("Some:Many", "hidden"), ("Some:Level", "7"), ("Some:Quite:Else", "hidden"));
        var faults = Assert.Throws<ConfigurationException>(services.CheckConfiguration);

        Assert.DoesNotContain("hidden", faults.Message);
        Assert.Equal(
            [
                "Some:Every must be a duration such as PT30S or 00:00:30.",
                "Some:Level must be one of cloner, viewer, operator, admin.",
                "Some:Many is a list: write Some:Many:0, Some:Many:1 and so on.",
                "Some:Nam is unknown. Did you mean Some:Name?",
                "Some:Quite is unknown. Known here: Some:Every, Some:Level, Some:Many, Some:Name, Some:Targets, Some:Token, Some:Url.",
                "Some:Targets:eu:Ulr is unknown. Did you mean Some:Targets:eu:Url?",
            ],
            faults.Faults.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_readers_of_one_section_know_its_keys_together()
    {
        using var services = Services(s => s.BindSection<OtherOptions>(s.Configuration(), "Some"), ("Some:Name", "a"), ("Some:Further", "b"));
        services.CheckConfiguration();
        Assert.Equal("b", services.GetRequiredService<OtherOptions>().Further);
    }

    [Fact]
    public async Task The_start_is_refused()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("Some:Nam", "x")]);
        builder.Services.BindSection<SomeOptions>(builder.Configuration, "Some");
        using var host = builder.Build();
        await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync());
    }

    [Fact]
    public void Tokens_have_a_short_and_a_long_form()
    {
        var configuration = Configured(("Api:Tokens:0", "short"), ("Api:Tokens:1:Value", "long"), ("Api:Tokens:1:Role", "viewer"), ("Api:Tokens:1:Scope", "main"));
        var services = new ServiceCollection().BindSection<ApiOptions>(configuration, "Api", ApiOptions.Validate).BuildServiceProvider();
        services.CheckConfiguration();
        Assert.Equal(
            [("short", Role.Admin, null), ("long", Role.Viewer, "main")],
            services.GetRequiredService<ApiOptions>().Tokens.Select(t => (t.Value!.Reveal(), t.Role, t.Scope)));
    }

    [Theory]
    [InlineData("Api:Tokens:0:Rolle", "viewer", "Api:Tokens:0:Rolle is unknown. Did you mean Api:Tokens:0:Role?")]
    [InlineData("Api:Tokens:0:Role", "king", "Api:Tokens:0:Role must be one of cloner, viewer, operator, admin.")]
    [InlineData("Api:Tokens:0:Scope", "a/b/c", "Api:Tokens:0:Scope must be a tenant")]
    [InlineData("Api:Tokens:0:Value", "", "Api:Tokens:0:Value is missing")]
    [InlineData("Api:Tokens:1", "", "Api:Tokens:1 is empty")]
    [InlineData("Api:Token", "x", "Api:Token is unknown. Did you mean Api:Tokens?")]
    public void A_token_that_is_none_refuses_the_start(string key, string value, string says)
    {
        var configuration = Configured(("Api:Tokens:0:Value", "a"), ("Api:Tokens:0:Name", "b"), (key, value));
        using var services = new ServiceCollection().BindSection<ApiOptions>(configuration, "Api", ApiOptions.Validate).BuildServiceProvider();
        Assert.Contains(says, Assert.Throws<ConfigurationException>(services.CheckConfiguration).Message);
    }

    [Theory]
    [InlineData("nonsense", false)]
    [InlineData("http://127.0.0.1:1;ftp://x", false)]
    [InlineData("http://127.0.0.1:1/path", false)]
    [InlineData("http://127.0.0.1:0/;https://*:1", true)]
    [InlineData("", true)]
    public void An_address_that_is_none_refuses_the_start(string urls, bool good)
    {
        using var services = Services(("Urls", urls));
        if (good) services.CheckConfiguration();
        else Assert.StartsWith("Urls must", Assert.Single(Assert.Throws<ConfigurationException>(services.CheckConfiguration).Faults), StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string, string)[] settings) => Services(_ => { }, settings);

    private static ServiceProvider Services(Action<IServiceCollection> add, params (string, string)[] settings)
    {
        var configuration = Configured(settings);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).BindSection<SomeOptions>(configuration, "Some");
        add(services);
        return services.BuildServiceProvider();
    }

    private static IConfiguration Configured(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(s => s.Key).Select(s => new KeyValuePair<string, string?>(s.Key, s.Last().Value))).Build();
}

public sealed record SomeOptions
{
    public string Name { get; init; } = "default";

    public TimeSpan Every { get; init; }

    public Uri? Url { get; init; }

    public IReadOnlyList<string> Many { get; init; } = ["default", "others"];

    public Secret? Token { get; init; }

    public Role Level { get; init; }

    public IReadOnlyDictionary<string, OneTarget> Targets { get; init; } = new Dictionary<string, OneTarget>();
}

public sealed record OneTarget
{
    public Uri? Url { get; init; }
}

public sealed record OtherOptions
{
    public string? Further { get; init; }
}

internal static class Registered
{
    public static IConfiguration Configuration(this IServiceCollection services) =>
        (IConfiguration)services.First(s => s.ServiceType == typeof(IConfiguration)).ImplementationInstance!;
}

using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

/// <summary>Whom a task talks to, and as whom (plugin-git.md, sections 1.2 and 4.1).</summary>
public class KestraTargetTests
{
    [Fact] // C-AU-1
    public void A_token_is_taken() => Assert.Equal("my-token", Target("auth: {apiToken: my-token}").Auth.ApiToken!.Reveal());

    [Fact] // C-AU-2
    public void A_user_and_a_password_are_taken() =>
        Assert.Equal(new KestraAuth("user", new("pass"), null), Target("auth: {username: user, password: pass}").Auth);

    [Theory]
    [InlineData("{apiToken: t, username: u}", "Cannot use both API Token authentication and HTTP Basic authentication")] // C-AU-3
    [InlineData("{apiToken: t, password: p}", "Cannot use both API Token authentication and HTTP Basic authentication")] // C-AU-4
    [InlineData("{username: u}", "Both username and password are required for HTTP Basic authentication")] // C-AU-5
    [InlineData("{password: p}", "Both username and password are required for HTTP Basic authentication")] // C-AU-6
    [InlineData("{username: u, password: \"{{ secret('EMPTY') }}\"}", "Both username and password are required for HTTP Basic authentication")]
    public void Half_a_credential_or_two_are_a_fault(string auth, string message) => Assert.Contains(message, Load.Fault(Load.Sync("auth: " + auth)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_secret_that_is_missing_is_the_only_fault() =>
        Assert.Contains("NOBODY", Load.Fault(Load.Sync("auth: {username: u, password: \"{{ secret('NOBODY') }}\"}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("auth: {auto: true}")]
    public void Without_a_word_the_configured_one_counts(string lines) => Assert.Equal(Load.Default, Target(lines));

    [Fact]
    public void No_sign_in_can_be_asked_for() => Assert.Equal(KestraAuth.None, Target("auth: {auto: false}").Auth);

    [Fact]
    public void A_definition_picks_a_target_by_name() => Assert.Equal(Load.Prod, Load.Render(Load.Sync(flow: "x-kestra-github: {kestra: prod}")).Kestra);

    [Theory]
    [InlineData("http://localhost:8080/")]
    [InlineData("http://LOCALHOST:8080/base//")]
    public void The_same_server_keeps_its_credential(string url)
    {
        var target = Target("kestraUrl: " + url);
        Assert.Equal((Load.Default.Auth, "main", null), (target.Auth, target.Tenant, target.Name));
    }

    [Theory]
    [InlineData("http://localhost:8081")]
    [InlineData("https://localhost:8080")]
    [InlineData("http://localhost.example:8080")]
    public void Another_server_never_gets_it(string url)
    {
        Assert.Contains("never sent to another server", Load.Fault(Load.Sync("kestraUrl: " + url)).Message, StringComparison.Ordinal);
        Assert.Contains("never sent to another server", Load.Fault(Load.Sync($"kestraUrl: {url}\nauth: {{auto: true}}")).Message, StringComparison.Ordinal);
        Assert.Equal("t", Target($"kestraUrl: {url}\nauth: {{apiToken: t}}").Auth.ApiToken!.Reveal());
    }

    [Fact]
    public void Another_server_is_addressed_by_the_definitions_tenant() =>
        Assert.Equal("acme", Load.Render(Load.Sync("kestraUrl: https://other\nauth: {apiToken: t}", "x-kestra-github: {tenant: acme}")).Kestra.Tenant);

    [Fact]
    public void Without_any_server_the_fault_says_what_to_configure()
    {
        var fault = Load.Fault(Load.Sync(), Load.NoTarget);
        Assert.Contains("`Kestra:Url` is not configured", fault.Message, StringComparison.Ordinal);
        Assert.Equal("t", Load.Render(Load.Sync("kestraUrl: https://other\nauth: {apiToken: t}"), Load.NoTarget).Kestra.Auth.ApiToken!.Reveal());
    }

    private static KestraTarget Target(string lines) => Load.Render(Load.Sync(lines)).Kestra;
}

using KestraGitHub.Cli;

namespace KestraGitHub.Tests.Cli;

/// <summary>What starts the service, and what does not: a slip of the keyboard opens no port.</summary>
public sealed class CommandLineTests
{
    private const int Served = 42;

    [Theory]
    [InlineData("", "")]
    [InlineData("serve", "")]
    [InlineData("--Urls=http://x --Data:Path=y", "--Urls=http://x --Data:Path=y")]
    [InlineData("--urls http://x --Data:Path y", "--urls=http://x --Data:Path=y")]
    [InlineData("/Data:Path=y /Urls http://x Kestra:Url=http://k", "--Data:Path=y --Urls=http://x --Kestra:Url=http://k")]
    [InlineData("--environment=Development --contentRoot=/tmp --applicationName=kestra-github", "--environment=Development --contentRoot=/tmp --applicationName=kestra-github")]
    [InlineData("--environment Development --http_ports 80 --Logging:LogLevel:Default=Debug", "--environment=Development --http_ports=80 --Logging:LogLevel:Default=Debug")]
    [InlineData("serve --Urls=http://x --Data:Path=y", "--Urls=http://x --Data:Path=y")]
    [InlineData("--Data:Path=y serve --Urls http://x", "--Data:Path=y --Urls=http://x")]
    public async Task Settings_alone_serve_as_the_host_takes_them(string line, string settings)
    {
        string[] given = ["nothing"];
        Assert.Equal(Served, await CommandLine.RunAsync(Words(line), Host(s => given = s)));
        Assert.Equal(Words(settings), given);
    }

    [Fact]
    public async Task Help_is_had_by_its_word_too() => Assert.Equal((0, ""), await SaidAsync("help"));

    [Theory]
    [InlineData("plna", 3, "There is no command `plna`. Did you mean `plan`?")]
    [InlineData("Plan", 3, "Did you mean `plan`?")]
    [InlineData("help me", 3, "`kestra-github --help` lists the commands")]
    [InlineData("--verison", 3, "There is no option `--verison` before a command. Did you mean `--version`?")]
    [InlineData("-v", 3, "There is no option `-v` before a command.")]
    [InlineData("--output json plan", 3, "Options come after their command")]
    [InlineData("@arguments", 3, "There is no command `@arguments`.")]
    [InlineData("-Data:Path=x", 3, "settings are --Section:Key=value")]
    [InlineData("serve bogus words", 3, "'bogus'")]
    [InlineData("serve --verbose", 3, "'--verbose'")]
    [InlineData("serve --hepl", 3, "Did you mean `--help`?")]
    [InlineData("--DataPath=/srv", 2, "There is no setting `DataPath`. Did you mean `Data:Path`?")]
    [InlineData("--Webhook:AllowUnsigned=true", 2, "Did you mean `Webhooks:AllowUnsigned`?")]
    [InlineData("serve --Webhook:AllowUnsigned=true", 2, "Did you mean `Webhooks:AllowUnsigned`?")]
    [InlineData("serve --Webhook:AllowUnsigned true", 3, "'--Webhook:AllowUnsigned'")]
    [InlineData("--Data:Path", 2, "The setting --Data:Path has no value")]
    [InlineData("health --Somewhere:Else=x", 2, "docs/configuration.md")]
    [InlineData("plan --Kestar:Url=x", 3, "Did you mean `Kestra:Url`?")]
    [InlineData("plan --output xml", 3, "xml")]
    [InlineData("plan --tiemout 3s", 3, "Did you mean `--timeout`?")]
    [InlineData("validate --fromm .", 3, "Did you mean `--from`?")]
    [InlineData("schema @here", 3, "'@here'")]
    public async Task Anything_else_is_refused_with_what_was_meant(string line, int code, string words)
    {
        var (result, errors) = await SaidAsync(line);
        Assert.Equal((code, true), (result, errors.Contains(words, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_sections_are_those_that_the_service_reads() =>
        Assert.Equal(HostSettings.Sections, KestraGitHubHost.Describe([]).Sections.Select(s => s.Name).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal));

    [Fact]
    public void No_option_of_a_command_is_a_setting_of_the_host() =>
        Assert.DoesNotContain(CommandLine.Create(Host(_ => { }), []).Subcommands.SelectMany(c => c.Options), o => HostSettings.Knows(o.Name.TrimStart('-')));

    private static async Task<(int Code, string Errors)> SaidAsync(string line)
    {
        using var errors = new StringWriter();
        return (await CommandLine.RunAsync(Words(line), Host(_ => Assert.Fail("it serves")), errors), errors.ToString());
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static HostWork Host(Action<string[]> served) => new(args =>
    {
        served(args);
        return Task.FromResult(Served);
    }, (_, _) => Task.CompletedTask, KestraGitHubHost.Describe);
}

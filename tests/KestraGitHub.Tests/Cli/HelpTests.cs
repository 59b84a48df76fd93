using System.CommandLine;
using KestraGitHub.Cli;
using KestraGitHub.Tests.Definitions;

namespace KestraGitHub.Tests.Cli;

/// <summary>What <c>--help</c> says is what people learn the commands from: a change of it is seen in a review.</summary>
public sealed class HelpTests
{
    private static readonly string Folder = Load.RepositoryFile("tests/KestraGitHub.Tests/Cli/Help");

    public static TheoryData<string> Commands() => ["root", .. Root().Subcommands.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_a_command_is_the_one_that_was_agreed_on(string name)
    {
        using var output = new StringWriter();
        string[] words = name == "root" ? ["--help"] : [name, "--help"];
        Assert.Equal(0, await Root().Parse(words).InvokeAsync(new InvocationConfiguration { Output = output }));
        var file = Path.Combine(Folder, name + ".txt");
        Assert.True(File.Exists(file), $"{file} is missing: kestra-github {string.Join(' ', words)} > {file}");
        Assert.Equal(await File.ReadAllTextAsync(file), output.ToString().Replace(RootCommand.ExecutableName, "kestra-github", StringComparison.Ordinal));
    }

    [Fact]
    public void No_help_is_kept_of_a_command_that_is_gone()
    {
        var names = Root().Subcommands.Select(c => c.Name).ToList();
        Assert.Equal(names.Append("root").Order(StringComparer.Ordinal), Directory.EnumerateFiles(Folder).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
    }

    private static RootCommand Root() => CommandLine.Create(new HostWork(_ => Task.FromResult(0), (_, _) => Task.CompletedTask, _ => throw new NotSupportedException()), []);
}

using System.Diagnostics;
using KestraGitHub.IntegrationTests.Shipping;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>Where data cannot go, a command ends: with a word for a person, and quietly where nobody reads any more.</summary>
public sealed class OutputTests
{
    [Theory]
    [InlineData("config")]
    [InlineData("config --output json")]
    [InlineData("schema")]
    [InlineData("--help")]
    public async Task A_full_disk_is_told_in_a_sentence(string words)
    {
        var result = await ShellAsync($"dotnet \"$BINARY\" {words} > /dev/full");
        Assert.Equal(1, result.Code);
        Assert.Contains("No space left", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config")]
    [InlineData("config --output yaml")]
    [InlineData("schema")]
    public async Task A_pipe_that_nobody_reads_ends_it_quietly(string words)
    {
        var result = await ShellAsync($"dotnet \"$BINARY\" {words} | true");
        Assert.Equal((0, ""), (result.Code, result.Errors));
    }

    [Fact]
    public async Task A_command_notices_that_nobody_reads_any_more()
    {
        var result = await ShellAsync("exec 4> >(exec true); wait $!; dotnet \"$BINARY\" config >&4; echo $?");
        Assert.Equal(("1\n", ""), (result.Output, result.Errors));
    }

    private static async Task<CommandResult> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["BINARY"] = Path.Combine(AppContext.BaseDirectory, "kestra-github.dll");
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new CommandResult(process.ExitCode, await output, await errors);
    }
}

using System.Diagnostics;

namespace KestraGitHub.IntegrationTests.EndToEnd;

/// <summary>The first command of the README, as someone runs it who has just cloned the repository.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_ends_with_Kestra_holding_what_Git_holds_and_leaves_nothing_behind()
    {
        var temp = Directory.CreateTempSubdirectory("kestra-github-demo-test-");
        try
        {
            // Settings of a real installation in the caller's shell: the demo must not come near it.
            var (code, output) = await RunAsync(temp.FullName, ["--once"], ("Kestra__Url", "https://kestra.example.com"),
                ("Kestra__ApiToken", "real"), ("Api__Nonsense", "1"));
            Assert.True(code == 0, $"ended with {code}:\n{output}");
            Assert.Contains("succeeded in ", output, StringComparison.Ordinal);
            Assert.Contains(": 3 flows added, 2 files added\n", output, StringComparison.Ordinal);
            Assert.Contains("ok Kestra holds exactly what Git holds\n", output, StringComparison.Ordinal);
            Assert.Equal(
                ["file company.team /contacts.json", "file company.team /scripts/report.sql", "flow company.team daily_report",
                    "flow company.team hello_world", "flow company.team.data clean_up"],
                output.Split('\n').Where(l => l.StartsWith("    f", StringComparison.Ordinal))
                    .Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
            Assert.DoesNotContain(output, c => c > '~' || (c < ' ' && c != '\n'));
            Assert.Empty(temp.EnumerateFileSystemInfos("kestra-github-*"));
        }
        finally
        {
            temp.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Without_git_the_demo_says_so()
    {
        var (code, output) = await RunAsync(Path.GetTempPath(), ["--once"], ("PATH", "/nowhere"));
        Assert.Equal(2, code);
        Assert.Contains("needs the git program", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(string temp, string[] arguments, params (string Name, string Value)[] environment)
    {
        // The very dotnet of this process: one of the tests hides all programs.
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) != "dotnet") start.FileName = "dotnet";
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "KestraGitHub.Demo.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["TMPDIR"] = temp;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var demo = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var (output, errors) = (demo.StandardOutput.ReadToEndAsync(limit.Token), demo.StandardError.ReadToEndAsync(limit.Token));
            var text = await output + await errors;
            await demo.WaitForExitAsync(limit.Token);
            return (demo.ExitCode, text);
        }
        finally
        {
            if (!demo.HasExited) demo.Kill(entireProcessTree: true);
        }
    }
}

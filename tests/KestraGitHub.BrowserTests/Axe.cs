using System.Diagnostics;
using Microsoft.Playwright;

namespace KestraGitHub.BrowserTests;

/// <summary>Deque's checker for barriers, as npm has it: installed for the tests, never copied. It runs in the page past its content policy, as a debugger does.</summary>
internal static class Axe
{
    private const string Package = "axe-core@4";

    // WCAG 2.2, levels A and AA.
    private const string Rules = """
        () => axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }, resultTypes: ["violations"] })
          .then(found => found.violations.filter(v => v.impact === "serious" || v.impact === "critical")
            .map(v => `${v.id} (${v.help}): ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | ")}`))
        """;

    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    public static Task<string> ScriptAsync() => Installed.Value;

    public static async Task<IReadOnlyList<string>> FindAsync(IPage page, string script)
    {
        await page.EvaluateAsync(script + "\n;undefined");
        return await page.EvaluateAsync<string[]>(Rules);
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Directory.CreateTempSubdirectory("kestra-github-axe-");
        try
        {
            var start = new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", Package])
            {
                WorkingDirectory = folder.FullName, RedirectStandardError = true, RedirectStandardOutput = true,
            };
            using var npm = Process.Start(start)!;
            var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
            await npm.WaitForExitAsync();
            return npm.ExitCode == 0
                ? await File.ReadAllTextAsync(Path.Combine(folder.FullName, "node_modules", "axe-core", "axe.min.js"))
                : throw new InvalidOperationException($"npm could not install {Package}: {await output}{await errors}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

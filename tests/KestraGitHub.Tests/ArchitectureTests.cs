using System.Text.RegularExpressions;

namespace KestraGitHub.Tests;

/// <summary>Holds the picture of the README: folders are capabilities, they know only what lies below them, and never a neighbour.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>The picture, top row first. Files in the root (Program, KestraGitHubHost) know everything.</summary>
    private static readonly string[][] Rows =
    [
        ["Webhooks", "Api", "Dashboard", "Cli", "Jobs"],
        ["Runs", "Access"],
        ["Git", "Kestra", "GitHub", "Notifications", "Storage"],
        ["Definitions"],
        ["Reconciliation"],
        ["Configuration"],
    ];

    [Fact]
    public void Folders_know_only_what_lies_below_them() => Assert.Empty(Violations(SourceFiles()));

    [Theory]
    [InlineData("Reconciliation/Planner.cs", "using KestraGitHub.Dashboard;", "Reconciliation/Planner.cs uses Dashboard")]
    [InlineData("Git/Store.cs", "var x = new KestraGitHub.Kestra.KestraClient();", "Git/Store.cs uses Kestra")]
    [InlineData("Api/Runs.cs", "@using KestraGitHub.Dashboard", "Api/Runs.cs uses Dashboard")]
    [InlineData("Runs/Runner.cs", "using Quartz;", "Runs/Runner.cs mentions Quartz")]
    [InlineData("Runs/Runner.cs", "using var git = Process.Start(info);", "Runs/Runner.cs mentions Process")]
    [InlineData("Runs/Runner.cs", "using Dapper;", "Runs/Runner.cs mentions Dapper")]
    [InlineData("Storage/Db.cs", "HttpContext context", "Storage/Db.cs mentions HttpContext")]
    [InlineData("Helpers/Strings.cs", "", "Helpers/Strings.cs lies in a folder that is not in the picture")]
    [InlineData("Git/Store.cs", "namespace KestraGitHub.Kestra;", "Git/Store.cs uses Kestra")]
    public void A_planted_violation_is_found(string file, string text, string complaint) =>
        Assert.Equal([complaint], Violations([(file, text)]));

    [Fact]
    public void Every_class_that_nothing_derives_from_is_sealed_or_static()
    {
        var sources = SourceFiles().Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal)).ToList();
        var open = sources
            .SelectMany(f => OpenClass().Matches(f.Text).Select(m => (Name: m.Groups["name"].Value, Where: $"{f.Path}: {m.Value.Trim()}")))
            .Where(c => !sources.Exists(f => Regex.IsMatch(f.Text, $@"(class|record) \w+[^{{;]*: {c.Name}\b")))
            .Select(c => c.Where)
            .ToList();
        Assert.True(open.Count == 0, string.Join("\n", open));
    }

    private static List<string> Violations(IEnumerable<(string Path, string Text)> files)
    {
        var found = new List<string>();
        foreach (var (path, text) in files.Where(f => f.Path.Contains('/')))
        {
            var folder = path[..path.IndexOf('/')];
            var row = Array.FindIndex(Rows, r => r.Contains(folder));
            if (row < 0)
            {
                found.Add($"{path} lies in a folder that is not in the picture");
                continue;
            }

            var allowed = Rows.Skip(row + 1).SelectMany(r => r).Append(folder).ToHashSet();
            found.AddRange(Reference().Matches(text).Select(m => m.Groups[1].Value).Distinct()
                .Where(name => Rows.Any(r => r.Contains(name)) && !allowed.Contains(name))
                .Select(name => $"{path} uses {name}"));
            found.AddRange(Reserved
                .Where(r => !r.Folders.Contains(folder) && Regex.IsMatch(text, $@"(?<!"")\b{r.Word}\b"))
                .Select(r => $"{path} mentions {r.Word}"));
        }

        return found;
    }

    /// <summary>Words that belong to one folder: whoever else needs the thing asks that folder.</summary>
    private static readonly (string Word, string[] Folders)[] Reserved =
    [
        ("Quartz", ["Jobs"]),
        ("Process", ["Git"]),
        ("Dapper", ["Storage"]),
        ("HttpContext", ["Webhooks", "Api", "Dashboard", "Access"]),
    ];

    private static List<(string Path, string Text)> SourceFiles()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "KestraGitHub.sln"))) root = root.Parent;
        var source = Path.Combine(root!.FullName, "src", "KestraGitHub");
        return [.. Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
            .Select(f => (Path: Path.GetRelativePath(source, f).Replace('\\', '/'), Text: Code(File.ReadAllText(f))))
            .Where(f => !f.Path.StartsWith("obj/", StringComparison.Ordinal) && !f.Path.StartsWith("bin/", StringComparison.Ordinal))];
    }

    /// <summary>Comments may speak of anything.</summary>
    private static string Code(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"KestraGitHub\.([A-Z]\w*)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\s*(public|internal)\s+(partial\s+)?class\s+(?<name>\w+).*$", RegexOptions.Multiline)]
    private static partial Regex OpenClass();
}

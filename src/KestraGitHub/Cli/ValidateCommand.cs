using System.CommandLine;
using KestraGitHub.Definitions;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github validate PATH</c>: what the service would say of these definitions, for a pull request's check.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A definition, or a folder of them." };
        var command = new Command("validate", "Check definitions as the service would load them. Exit code 1 when one has a fault.") { path };
        command.SetAction((result, _) => Task.FromResult(Run(result.GetValue(path)!, Console.Out, Console.Error)));
        return command;
    }

    public static int Run(string path, TextWriter output, TextWriter errors)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            errors.WriteLine($"{path}: no such file or folder");
            return 2;
        }

        var root = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : Path.GetFullPath(path);
        var files = File.Exists(path)
            ? [Path.GetFullPath(path)]
            : Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".yml", StringComparison.Ordinal) || f.EndsWith(".yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        var parsed = files.Select(f => (File: Path.GetRelativePath(root, f), Parsed: DefinitionParser.Parse(Path.GetRelativePath(root, f), File.ReadAllBytes(f), Anywhere))).ToList();
        var catalog = DefinitionCatalogBuilder.Build(parsed, DefinitionCatalog.Empty);
        foreach (var entry in catalog.Entries)
        {
            foreach (var fault in entry.Faults) errors.WriteLine(fault);
            foreach (var warning in entry.Definition?.Warnings ?? []) output.WriteLine($"warning: {warning}");
            if (!entry.Broken) output.WriteLine($"{entry.File}: {entry.Key}, {entry.Definition!.Tasks.Count} tasks");
        }

        var broken = catalog.Entries.Count(e => e.Broken);
        output.WriteLine($"{catalog.Entries.Count} definitions, {broken} broken");
        return broken == 0 ? 0 : 1;
    }

    /// <summary>Secrets and servers are the service's: here any name is taken to exist.</summary>
    private static DefinitionEnvironment Anywhere { get; } = new(
        "main", new AnyTarget(), _ => "c2VjcmV0", _ => "value");

    private sealed class AnyTarget : Dictionary<string, KestraTarget>
    {
        public AnyTarget() => this[""] = new KestraTarget("", new Uri("http://kestra.invalid"), "main", KestraAuth.None);
    }
}

using KestraGitHub.Definitions;

namespace KestraGitHub.Cli;

/// <summary>One definition, from a file.</summary>
internal static class DefinitionFiles
{
    /// <exception cref="CommandFault">It cannot be read, or has faults.</exception>
    public static Definition Load(string path, DefinitionEnvironment environment)
    {
        try
        {
            return Parse(path, File.ReadAllBytes(path), environment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault(ExitCodes.Error, $"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>A file, or a folder with all below it, as the service would load them. Nothing where there is no such folder.</summary>
    public static DefinitionCatalog LoadFolder(string path, DefinitionEnvironment environment)
    {
        var root = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : Path.GetFullPath(path);
        var files = File.Exists(path) ? [Path.GetFullPath(path)]
            : !Directory.Exists(root) ? []
            : Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".yml" or ".yaml").Order(StringComparer.Ordinal).ToArray();
        var parsed = files.Select(f => (File: Path.GetRelativePath(root, f), Parsed: DefinitionParser.Parse(Path.GetRelativePath(root, f), File.ReadAllBytes(f), environment)));
        return DefinitionCatalogBuilder.Build([.. parsed], DefinitionCatalog.Empty);
    }

    public static Definition Parse(string file, byte[] content, DefinitionEnvironment environment)
    {
        var parsed = DefinitionParser.Parse(file, content, environment);
        return parsed.Definition ?? throw new CommandFault(ExitCodes.Invalid, $"{file} does not load.") { Faults = parsed.Faults };
    }
}

using KestraGitHub.Definitions;
using KestraGitHub.Storage;

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
        var parsed = files.Select(f => (File: Path.GetRelativePath(root, f), Parsed: Read(Path.GetRelativePath(root, f), f, named: File.Exists(path), environment)));
        return DefinitionCatalogBuilder.Build([.. parsed], DefinitionCatalog.Empty);
    }

    public static Definition Parse(string file, byte[] content, DefinitionEnvironment environment)
    {
        var parsed = DefinitionParser.Parse(file, content, environment);
        return parsed.Definition ?? throw new CommandFault(ExitCodes.Invalid, $"{file} does not load.") { Faults = parsed.Faults };
    }

    /// <summary>What cannot be read is a fault of that file, and keeps no other from being looked at.</summary>
    /// <param name="named">True for the one that a person named: that may be a pipe.</param>
    private static ParsedDefinition Read(string file, string path, bool named, DefinitionEnvironment environment)
    {
        try
        {
            // A pipe in a folder has no size, and opening it would wait for ever.
            var isEmpty = !named && new FileInfo(RealPath.Of(path) ?? path).Length == 0;
            return DefinitionParser.Parse(file, isEmpty ? (byte[])[] : File.ReadAllBytes(path), environment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(null, null, [new Fault(file, 0, 0, $"The file cannot be read: {e.Message}", "Let this user read it, or remove it.")]);
        }
    }
}

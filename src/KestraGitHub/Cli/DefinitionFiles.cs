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

    public static Definition Parse(string file, byte[] content, DefinitionEnvironment environment)
    {
        var parsed = DefinitionParser.Parse(file, content, environment);
        return parsed.Definition ?? throw new CommandFault(ExitCodes.Invalid, $"{file} does not load.") { Faults = parsed.Faults };
    }
}

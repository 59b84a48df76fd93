namespace KestraGitHub.Cli;

/// <summary>Secrets come from the environment or from files, never from arguments, which every user of a machine can see.</summary>
internal static class SecretFiles
{
    private static readonly string[] Words = ["password", "token", "secret", "privatekey"];

    /// <summary>Without the line end that editors put there.</summary>
    /// <exception cref="CommandFault">It cannot be read, or is empty.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } text ? text : throw new CommandFault(ExitCodes.Invalid, $"{path} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault(ExitCodes.Error, $"{path} cannot be read: {e.Message}");
        }
    }

    /// <exception cref="CommandFault">A setting among the arguments is a secret. Its value is not repeated.</exception>
    public static void RefuseIn(IReadOnlyList<string> settings)
    {
        foreach (var name in settings.Select(s => s.Split('=', 2)[0]))
            if (Words.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase)))
                throw new CommandFault(
                    ExitCodes.Invalid, $"{name} is a secret, and arguments can be read by others. Set {name.TrimStart('-').Replace(":", "__", StringComparison.Ordinal)} in the environment.");
    }
}

using System.Security.Cryptography;

namespace KestraGitHub.Access;

/// <summary>A token in a file that only the service's own user can read.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder that nobody else can look into. One that exists keeps its mode.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>The file's text. If there is none it is made with a new random token; of two processes that do so at once, both get the one that stayed.</summary>
    public static (string Token, bool Made) ReadOrMake(string path)
    {
        if (Read(path) is { } existing) return (existing, false);
        MakeFolder(Path.GetDirectoryName(path)!);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        Write(draft, token);
        try
        {
            File.Move(draft, path, overwrite: Read(path) is null && File.Exists(path));
            return (token, true);
        }
        catch (IOException) when (Read(path) is not null)
        {
            File.Delete(draft);
            return (Read(path)!, false);
        }
    }

    private static string? Read(string path) =>
        File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } text ? text : null;

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var writer = new StreamWriter(path, options);
        writer.Write(text + "\n");
    }
}

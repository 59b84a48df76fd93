using System.Text;

namespace KestraGitHub.Cli;

/// <summary>Definitions on their way into a folder: all of them or none.</summary>
internal static class ImportedFiles
{
    /// <exception cref="CommandFault">Something else is there, or cannot be written. Nothing was.</exception>
    public static void Write(IReadOnlyList<(string Path, string Text)> files, bool force)
    {
        if (files.Select(f => Barrier(f.Path)).FirstOrDefault(b => b is not null) is { } barrier)
            throw new CommandFault(ExitCodes.Conflict, $"Nothing was written: {barrier}. Take another folder.");
        var taken = force ? [] : files.Where(f => Path.Exists(f.Path) && !IsSame(f.Path, f.Text)).Select(f => f.Path).ToList();
        if (taken.Count > 0)
            throw new CommandFault(ExitCodes.Conflict, $"Nothing was written: {string.Join(", ", taken)} {(taken.Count == 1 ? "is" : "are")} there and not the same. Look at the difference, then take --force or another folder.");
        var staged = files.Select(f => (Fresh: $"{f.Path}.{Guid.NewGuid():N}", f.Path, f.Text)).ToList();
        try
        {
            foreach (var (fresh, path, text) in staged)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(fresh, text, new UTF8Encoding(false));
            }

            foreach (var (fresh, path, _) in staged) File.Move(fresh, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault(ExitCodes.Error, $"They cannot be written: {e.Message}");
        }
        finally
        {
            foreach (var (fresh, _, _) in staged.Where(s => File.Exists(s.Fresh))) File.Delete(fresh);
        }
    }

    /// <summary>What no --force gets out of the way: a folder in the place of the file, a file in the place of a folder.</summary>
    private static string? Barrier(string path)
    {
        if (Directory.Exists(path)) return $"{path} is a folder";
        for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
            if (File.Exists(parent)) return $"{parent} is a file";
        return null;
    }

    private static bool IsSame(string path, string text)
    {
        var bytes = new UTF8Encoding(false).GetBytes(text);
        try
        {
            return File.Exists(path) && new FileInfo(path).Length == bytes.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}

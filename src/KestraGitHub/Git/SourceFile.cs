namespace KestraGitHub.Git;

/// <summary>One entry below a task's directory.</summary>
/// <param name="Path">From the directory; null when its bytes are not UTF-8.</param>
/// <param name="FullPath">From the repository's root, as it can be shown.</param>
/// <param name="Mirror">Where its bytes are: the repository's own mirror, or that of a submodule.</param>
internal sealed record SourceFile(string? Path, string FullPath, TreeEntry Entry, GitMirror Mirror)
{
    public string Name => Path is null ? "" : Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Why no server could hold a file of this name, whatever is in it; or null.</summary>
    public string? NameFault() => Path is null ? "its name is not UTF-8" : NameFault(Path);

    /// <summary>The same of a path that is not there yet.</summary>
    public static string? NameFault(string path)
    {
        foreach (var part in path.Split('/'))
        {
            if (part is "" or "." or "..") return "its path has a part that is no name";
            if (part.Equals(".git", StringComparison.OrdinalIgnoreCase)) return "git's own files are never synced";
            if (part.Length > 255) return "a part of its path is longer than 255 characters";
            if (part.Any(char.IsControl)) return "its name has control characters";
            if (part.Contains('\\', StringComparison.Ordinal)) return "its name has a backslash, which Kestra takes for a folder";
        }

        return null;
    }
}

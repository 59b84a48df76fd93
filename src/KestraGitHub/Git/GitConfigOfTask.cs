namespace KestraGitHub.Git;

/// <summary>
/// Which entries of a task's <c>gitConfig</c> are handed to git. A definition may tune how a server is reached; it may not name programs to run,
/// files to read or other addresses to go to.
/// </summary>
internal static class GitConfigOfTask
{
    private static readonly string[] HttpFiles = ["cookiefile", "savecookies", "followredirects", "delegation", "schannelusesslcainfo"];

    private static readonly string[] CoreKeys =
        ["core.compression", "core.bigfilethreshold", "core.packedgitlimit", "core.packedgitwindowsize", "core.deltabasecachelimit",
            "core.longpaths"];

    private static readonly string[] Sections = ["pack", "transfer", "user", "author", "committer", "commit", "i18n"];

    public static bool Passes(string key)
    {
        var first = key.IndexOf('.', StringComparison.Ordinal);
        var last = key.LastIndexOf('.');
        if (first <= 0 || last == key.Length - 1 || key.Any(char.IsControl)) return false;
        var section = key[..first].ToLowerInvariant();
        var name = key[(last + 1)..].ToLowerInvariant();
        if (section == "http") return !HttpFiles.Contains(name);
        return first == last && (Sections.Contains(section) || CoreKeys.Contains(key.ToLowerInvariant())
            || key.Equals("protocol.version", StringComparison.OrdinalIgnoreCase));
    }
}

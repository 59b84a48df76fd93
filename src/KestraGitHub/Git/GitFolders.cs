using System.Diagnostics;
using System.Globalization;

namespace KestraGitHub.Git;

/// <summary>Where the git side keeps its things, below the service's data folder. The service owns them alone.</summary>
internal sealed class GitFolders
{
    private readonly string _root;

    public GitFolders(string dataPath)
    {
        var data = Path.GetFullPath(dataPath);
        _root = Path.Combine(data, "git");
        KnownHosts = Path.Combine(data, "known_hosts");
        foreach (var folder in new[] { _root, Mirrors, Archives, Home, Private }) MakePrivate(folder);
        // Keys and half mirrors that a killed service left behind; a command line at work beside the service keeps its own.
        foreach (var left in Directory.EnumerateDirectories(Private).Concat(Directory.EnumerateDirectories(Mirrors, ".*")))
            if (!IsOfRunningOther(Path.GetFileName(left))) Remove(left);
        foreach (var left in Directory.EnumerateFiles(Archives, ".*"))
            if (!IsOfRunningOther(Path.GetFileName(left))) File.Delete(left);
    }

    public string KnownHosts { get; }

    public string Mirrors => Path.Combine(_root, "mirrors");

    public string Archives => Path.Combine(_root, "archives");

    /// <summary>Always empty: git, curl and ssh find no one's settings in it.</summary>
    public string Home => Path.Combine(_root, "home");

    private string Private => Path.Combine(_root, "private");

    public string NewPrivate()
    {
        var folder = Path.Combine(Private, UniqueName());
        MakePrivate(folder);
        return folder;
    }

    /// <summary>Ends in the id of this process: that tells later whose it was.</summary>
    public static string UniqueName() => string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():N}-{Environment.ProcessId}");

    public static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It lies apart and is tried again at the next start.
        }
    }

    private static bool IsOfRunningOther(string name)
    {
        if (!int.TryParse(name[(name.LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || id == Environment.ProcessId) return false;
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using KestraGitHub.Definitions;

namespace KestraGitHub.Dashboard;

/// <summary>Short forms of long names, none of them with a credential.</summary>
internal static partial class Brief
{
    /// <summary>The end of a run's id: its beginning is the time, the same for runs of one hour.</summary>
    public static string Run(string id) => id.Length > 8 ? id[^8..] : id;

    public static string Commit(string revision) => revision.Length > 7 && revision.All(char.IsAsciiHexDigit) ? revision[..7] : revision;

    public static string Delivery(string guid) => guid.Length > 13 ? guid[..13] + "…" : guid;

    /// <summary>The beginning of a worker's name: host and process.</summary>
    public static string Worker(string name) => name.LastIndexOf('-') is > 0 and var end && name.Length - end > 20 ? name[..end] : name;

    /// <summary>"812 B", "3.4 MiB".</summary>
    public static string Bytes(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        for (; size >= 1024 && unit < units.Length - 1; unit++) size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || size >= 100 ? Math.Round(size) : Math.Round(size, 1))} {units[unit]}");
    }

    public static string Sync(SyncKey key) => $"{key.Namespace} / {key.Flow}";

    /// <summary>A branch or tag without <c>refs/heads/</c>.</summary>
    public static string Ref(string name) =>
        name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name[11..]
        : name.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag " + name[10..]
        : name;

    public static string FirstLine(string text) => text.Trim().Split(['\r', '\n'], 2)[0];

    /// <summary>An address without user, password and query.</summary>
    public static string Url(string url)
    {
        var text = Scp().IsMatch(url) ? url : UserInfo().Replace(url, "$1");
        // A question mark in a template is an operator of it.
        return text.Contains("{{", StringComparison.Ordinal) ? text : text.Split('?', 2)[0];
    }

    /// <summary>The address as people name a repository: <c>github.com/acme/flows</c>.</summary>
    public static string Repository(string url)
    {
        var text = Url(url);
        foreach (var scheme in (string[])["https://", "http://"])
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) text = text[scheme.Length..];
        return text.EndsWith(".git", StringComparison.Ordinal) ? text[..^4] : text;
    }

    public static string OnGitHub(string repository) =>
        repository.StartsWith("github.com/", StringComparison.OrdinalIgnoreCase) ? repository["github.com/".Length..] : repository;

    [GeneratedRegex(@"^[A-Za-z0-9_.-]+@[^:/\s]+:[^/]")]
    private static partial Regex Scp();

    // Up to the last @ before the path: a password may hold one.
    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]*://)[^/\s""']*@")]
    private static partial Regex UserInfo();
}

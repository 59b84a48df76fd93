using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>The address of a repository, parted from a credential that was written into it. No message repeats it: it may hold a secret.</summary>
internal sealed partial record RepositoryAddress(string Url, string? Username, string? Password)
{
    private static readonly string[] Schemes = ["https", "http", "ssh", "file"];

    /// <returns>Null when it is no address of a repository.</returns>
    public static RepositoryAddress? Read(string text)
    {
        if (text.StartsWith('-') || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) return null;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return Scp().IsMatch(text) ? new(text, null, null) : null;
        if (!Schemes.Contains(text[..scheme], StringComparer.OrdinalIgnoreCase) || !Uri.TryCreate(text, UriKind.Absolute, out var uri)) return null;
        if (uri.IsFile) return uri.AbsolutePath.Length > 1 ? new(text, null, null) : null;
        if (uri.Host.Length == 0 || uri.Host.StartsWith('-') || uri.UserInfo.StartsWith('-')) return null;

        var from = scheme + 3;
        var end = text.IndexOfAny(['/', '?', '#'], from);
        var authority = end < 0 ? text[from..] : text[from..end];
        var at = authority.LastIndexOf('@');
        if (at < 0) return new(text, null, null);
        var user = authority[..at].Split(':', 2);
        var name = Uri.UnescapeDataString(user[0]);
        var password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null;

        // ssh needs its user in the address; a user of http belongs to the credential.
        var isSsh = string.Equals(uri.Scheme, "ssh", StringComparison.Ordinal);
        var host = isSsh ? $"{user[0]}@{authority[(at + 1)..]}" : authority[(at + 1)..];
        return new(text[..from] + host + (end < 0 ? "" : text[end..]), isSsh && password is null ? null : name, password);
    }

    [GeneratedRegex(@"^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9_\[][A-Za-z0-9_.:\[\]-]*?:(?!:|//)[^-].*\z")]
    private static partial Regex Scp();
}

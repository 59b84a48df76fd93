namespace KestraGitHub.Definitions;

/// <summary>
/// A repository as all of its addresses name it: host and path in lower case, without protocol, user, port and <c>.git</c>. Two that are equal are the same
/// one, or at worst two servers of one machine, which costs a look and no more. It holds no credential.
/// </summary>
public readonly record struct RepositoryName(string Host, string Path)
{
    private const int Longest = 2048;

    /// <returns>Null for what names no repository on a server.</returns>
    public static RepositoryName? Of(string? url)
    {
        if (url is null || url.Length > Longest || RepositoryAddress.Read(url.Trim()) is not { } address) return null;
        var (authority, path) = Parts(address.Url);
        return HostOf(authority) is { } host && PathOf(path) is { } name ? new(host, name) : null;
    }

    /// <summary>As it is stored: <c>github.com/acme/flows</c>.</summary>
    public override string ToString() => $"{Host}/{Path}";

    /// <summary>What <see cref="ToString"/> gave.</summary>
    internal static RepositoryName Stored(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return new(text[..slash], text[(slash + 1)..]);
    }

    private static (string Authority, string Path) Parts(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            var rest = url[(scheme + 3)..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            return slash < 0 ? (rest, "") : (rest[..slash], rest[slash..]);
        }

        // user@host:path; an IPv6 host stands in brackets, with colons of its own.
        var colon = url.IndexOf(':', Math.Max(0, url.LastIndexOf(']')));
        return (url[..colon], url[(colon + 1)..]);
    }

    private static string? HostOf(string authority)
    {
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        var port = host.IndexOf(':', Math.Max(0, host.LastIndexOf(']')));
        if (port >= 0) host = host[..port];
        if (!Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var uri)) return null;
        var name = uri.IdnHost.TrimEnd('.').ToLowerInvariant();

        // GitHub's other doors: ssh on the port of https, and the name that people type.
        return name switch { "" => null, "ssh.github.com" or "www.github.com" => "github.com", _ => name };
    }

    private static string? PathOf(string path)
    {
        if (path.AsSpan().ContainsAny('?', '#')) return null;
        var parts = Uri.UnescapeDataString(path).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts.Any(p => p is "." or ".." || p.Contains('\\', StringComparison.Ordinal) || p.Any(char.IsControl))) return null;
        if (parts[^1].Length > 4 && parts[^1].EndsWith(".git", StringComparison.OrdinalIgnoreCase)) parts[^1] = parts[^1][..^4];

        // Letters of ASCII alone: folding more would make one name of two (the Kelvin sign and k).
        return string.Concat(string.Join('/', parts).Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c));
    }
}

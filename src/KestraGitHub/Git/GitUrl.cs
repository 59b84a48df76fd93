using System.Text.RegularExpressions;
using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>The address of a repository, checked: only a protocol that is allowed, nothing that a program could take for an option, no credential.</summary>
/// <param name="Protocol"><c>https</c>, <c>ssh</c>, <c>http</c> or <c>file</c>.</param>
/// <param name="Text">What git is given, and what may be shown.</param>
/// <param name="Origin">Scheme, host and port, the reach of a credential; empty for ssh and file.</param>
/// <param name="Embedded">The user and password that the address itself carried, or null.</param>
public sealed partial record GitUrl(string Protocol, string Host, string Text, string Origin, GitCredential? Embedded)
{
    public override string ToString() => Text;

    /// <exception cref="GitException">It is no address that may be used; the message shows no credential.</exception>
    public static GitUrl Parse(string url, IReadOnlyList<string> allowed, string? defaultUser = null)
    {
        var text = url.Trim();
        var shown = WithoutUserInfo(text);
        if (text.Length == 0) throw Refused("The repository's url is empty.", "Give the task a url such as https://github.com/owner/repository.");
        if (text.Length > 2048 || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || !text.All(char.IsAscii))
            throw Refused("The repository's url holds white space, control or non-ASCII characters, or is too long.", "Write them percent-encoded.");
        if (text.Contains("::", StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal))
            throw Refused($"The url '{shown}' calls a remote helper.", Allow(allowed));

        var parts = WithScheme().Match(text);
        if (!parts.Success) return ParseScp(text, shown, allowed, defaultUser);
        var protocol = parts.Groups["scheme"].Value.ToLowerInvariant();
        CheckProtocol(protocol, shown, allowed);
        var path = parts.Groups["path"].Value.TrimEnd('/');
        if (path.Length == 0) throw Refused($"The url '{shown}' names no repository.", "Add its path.");
        if (path.Contains('?', StringComparison.Ordinal) || path.Contains('#', StringComparison.Ordinal))
            throw Refused("The repository's url has a query or a fragment.", "Leave out what follows the path.");
        if (protocol == "file") return ParseFile(parts, path, shown);

        var host = CheckHost(parts.Groups["host"].Value, shown);
        var port = parts.Groups["port"].Value;
        if (port.Length > 0 && !(int.TryParse(port, out var number) && number is > 0 and <= 65535))
            throw Refused($"The url '{shown}' has no valid port.", "Use one from 1 to 65535.");
        if (port == protocol switch { "https" => "443", "http" => "80", _ => "22" }) port = "";
        var place = port.Length > 0 ? $"{host}:{port}" : host;
        var user = parts.Groups["user"].Success ? parts.Groups["user"].Value : null;
        if (protocol == "ssh") return new GitUrl("ssh", host, $"ssh://{SshUser(user?.Split(':')[0], defaultUser, shown)}@{place}{path}", "", null);
        return new GitUrl(protocol, host, $"{protocol}://{place}{path}", $"{protocol}://{place}/", Userinfo(user));
    }

    /// <summary>Any text, safe to show even where it does not parse: between the scheme and the last <c>@</c> nothing is left.</summary>
    public static string WithoutUserInfo(string text) => UserInfo().Replace(text, "${scheme}");

    private static GitUrl ParseFile(Match parts, string path, string shown)
    {
        if (parts.Groups["host"].Value is not ("" or "localhost") || parts.Groups["user"].Success)
            throw Refused($"The url '{shown}' names a host.", "A file url has none: file:///path/to/repository.git");
        return new GitUrl("file", "", "file://" + path, "", null);
    }

    private static GitUrl ParseScp(string text, string shown, IReadOnlyList<string> allowed, string? defaultUser)
    {
        var parts = Scp().Match(text);
        // user:password@host:path reads as the path "password@host:path" of a host "user"; nobody means that.
        var hidesPassword = parts.Success && !parts.Groups["user"].Success && parts.Groups["path"].Value.Contains('@', StringComparison.Ordinal);
        if (!parts.Success || hidesPassword || text.StartsWith('-'))
        {
            var cure = text.StartsWith('/') || text.StartsWith('.') ? "For a folder of this machine write file:///path (and allow it)."
                : Allow(allowed);
            throw Refused($"'{shown}' is not the url of a repository.", cure);
        }

        CheckProtocol("ssh", shown, allowed);
        var host = CheckHost(parts.Groups["host"].Value, shown);
        var path = parts.Groups["path"].Value.TrimEnd('/');
        if (path.Length == 0 || path.StartsWith('-')) throw Refused($"The url '{shown}' names no repository.", "Add its path.");
        var user = SshUser(parts.Groups["user"].Success ? parts.Groups["user"].Value : null, defaultUser, shown);
        return new GitUrl("ssh", host, $"{user}@{host}:{path}", "", null);
    }

    private static void CheckProtocol(string protocol, string shown, IReadOnlyList<string> allowed)
    {
        if (!GitOptions.KnownProtocols.Contains(protocol)) throw Refused($"The protocol of '{shown}' is not spoken here.", Allow(allowed));
        if (!allowed.Contains(protocol))
            throw Refused($"The protocol '{protocol}' of '{shown}' is not allowed.",
                $"{Allow(allowed)} An administrator may add it to Git:AllowedProtocols.");
    }

    private static string CheckHost(string host, string shown)
    {
        if (!HostName().IsMatch(host))
            throw Refused($"The url '{shown}' has no valid host name.", "A host is letters, digits, dots and dashes, and begins with no dash.");
        return host.ToLowerInvariant();
    }

    private static string SshUser(string? user, string? defaultUser, string shown)
    {
        var name = string.IsNullOrEmpty(user) ? string.IsNullOrEmpty(defaultUser) ? "git" : defaultUser : user;
        return SshUserName().IsMatch(name) ? name : throw Refused($"The ssh user for '{shown}' is not a name.", "Most servers want 'git'.");
    }

    private static GitCredential? Userinfo(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? text : text[..colon]);
        var password = colon < 0 ? null : Secret.From(Uri.UnescapeDataString(text[(colon + 1)..]));
        // https://TOKEN@host is how many a clone command is written: the token stands where a name would.
        return password is null ? new GitCredential("x-access-token", Secret.From(user), null, null) : new GitCredential(user, password, null, null);
    }

    private static string Allow(IReadOnlyList<string> allowed) => $"Use a url that begins with {string.Join(" or ", allowed.Select(a => a + "://"))}.";

    private static GitException Refused(string what, string cure) => new(GitErrorKind.Protocol, $"{what} {cure}");

    [GeneratedRegex(@"^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://((?<user>[^@/]*(@[^@/]*)*)@)?(?<host>\[[^\]/@]*\]|[^:/@\[\]]*)(:(?<port>[^/@]*))?(?<path>/.*)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex WithScheme();

    [GeneratedRegex(@"^((?<user>[^@:/]+)@)?(?<host>\[[0-9A-Fa-f:.]+\]|[^:/@\[\]]+):(?<path>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Scp();

    [GeneratedRegex(@"^([A-Za-z0-9_]([A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])\z")]
    private static partial Regex HostName();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._~+-]{0,127}\z")]
    private static partial Regex SshUserName();

    [GeneratedRegex("^(?<scheme>[A-Za-z0-9+.-]*://)?.*@", RegexOptions.Singleline)]
    private static partial Regex UserInfo();
}

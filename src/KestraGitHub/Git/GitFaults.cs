using System.Text.RegularExpressions;

namespace KestraGitHub.Git;

/// <summary>What git's words mean: the kind of failure, and what a person can do about it.</summary>
internal static partial class GitFaults
{
    private static readonly (GitErrorKind Kind, Regex Sign, string Cure)[] Signs =
    [
        (GitErrorKind.DiskFull, DiskFull(), "The disk of the data folder is full: free space, or lower Git:CacheLimitBytes."),
        (GitErrorKind.HostKey, HostKey(),
            "The ssh server's key is not the one in the known hosts: check its fingerprint, then put its line (as ssh-keyscan prints it) "
            + "into known_hosts in the data folder or the file of Git:KnownHostsFile."),
        (GitErrorKind.Certificate, Certificate(), "The server's certificate is not trusted: name its authority's file in Git:CertificateAuthorityFile, or in the task's trustedCaPemPath."),
        (GitErrorKind.Auth, ProxyRefusal(), "The proxy did not let the call pass: check the user and password in Git:Proxy, and which hosts it lets through."),
        (GitErrorKind.Redirected, Redirected(), "The server sends callers to another address: write the repository's present url."),
        (GitErrorKind.Auth, Passphrase(), "The private key cannot be read with this passphrase: check both."),
        (GitErrorKind.Auth, Auth(), "The server did not take the credential: check user, password or key, and that they may read this repository."),
        (GitErrorKind.NotFound, NoRepository(), "There is no such repository, or the credential may not see it: check the url and the credential."),
        (GitErrorKind.NotFound, NoObject(), "The server does not have it (any more)."),
        (GitErrorKind.Protocol, Protocol(), "Use a url of an allowed protocol."),
        (GitErrorKind.Network, Network(), "The server could not be reached or broke off; it is tried again. Where only a proxy leads out, name it in Git:Proxy."),
        (GitErrorKind.Corrupt, Corrupt(), "The mirror is damaged and is made anew."),
    ];

    public static GitException Of(GitCall call, int code, string errors)
    {
        if (Refusal().Match(errors) is { Success: true } refusal) return Refused(call, refusal.Groups["why"].Value, errors);
        var last = LastWords(errors);
        foreach (var (kind, sign, cure) in Signs)
        {
            // What the server says of its own disk and objects is no word about ours.
            var local = kind is GitErrorKind.DiskFull or GitErrorKind.Corrupt;
            if (sign.IsMatch(local ? FromServer().Replace(errors, "") : errors))
                return new GitException(kind, $"{call.What} failed. {cure} Git says: {last}", errors);
        }

        return new GitException(GitErrorKind.Other, $"{call.What} failed (git ended with {code}). Git says: {last}", errors);
    }

    public static string WithoutUserInfo(string text) => UserInfo().Replace(text, "://");

    /// <summary>What a server says of a push stands in its own lines; git only tells the verdict.</summary>
    private static GitException Refused(GitCall call, string why, string errors)
    {
        if (Elsewhere().IsMatch(why)) return new GitException(GitErrorKind.Moved, $"{call.What} failed: the branch was moved meanwhile ({why}).", errors);
        var said = string.Join(' ', FromServer().Matches(errors).Select(m => m.Value["remote:".Length..].Trim()).Where(l => l.Length > 0));
        return new GitException(
            GitErrorKind.Rejected,
            $"{call.What} was rejected by the server ({why}). {(said.Length > 0 ? $"It says: {OneLine(said)} " : "")}"
            + "Let this user push to the branch, or name another branch and open a pull request from it.", errors);
    }

    private static string OneLine(string text)
    {
        text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > 500 ? text[..500] + "…" : text;
    }

    private static string LastWords(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var words = string.Join(' ', lines.Where(l => !l.StartsWith("hint:", StringComparison.Ordinal) && !l.Contains("@@@@", StringComparison.Ordinal)).TakeLast(3));
        return words.Length == 0 ? "nothing" : OneLine(words);
    }

    [GeneratedRegex(@"(?m)^ ! \[(remote )?(rejected|failure)\] .*\((?<why>.*)\)\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Refusal();

    [GeneratedRegex("stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|incorrect old value|reference already exists")]
    private static partial Regex Elsewhere();

    [GeneratedRegex("No space left on device|Disk quota exceeded")]
    private static partial Regex DiskFull();

    [GeneratedRegex("Host key verification failed|HOST IDENTIFICATION HAS CHANGED")]
    private static partial Regex HostKey();

    [GeneratedRegex("certificate verification failed|SSL certificate problem|self.signed certificate|unable to get local issuer|certificate subject name|does not match target host", RegexOptions.IgnoreCase)]
    private static partial Regex Certificate();

    [GeneratedRegex(@"HTTP code 4\d\d from proxy|CONNECT tunnel failed, response 4\d\d|returned error: 407")]
    private static partial Regex ProxyRefusal();

    [GeneratedRegex(@"returned error: 30\d|unable to update url base from redirection")]
    private static partial Regex Redirected();

    [GeneratedRegex("incorrect passphrase|Load key .*(invalid format|error in libcrypto)")]
    private static partial Regex Passphrase();

    [GeneratedRegex(@"Permission denied \(|Authentication failed|could not read (Username|Password)|Access denied|returned error: 40[13]|Too many authentication failures|Permission denied, please try again")]
    private static partial Regex Auth();

    [GeneratedRegex(@"[Rr]epository .*not found|returned error: (404|410)|does not appear to be a git repository|repository '.*' does not exist|not exported")]
    private static partial Regex NoRepository();

    [GeneratedRegex("couldn't find remote ref|not our ref|unadvertised object|no such remote ref", RegexOptions.IgnoreCase)]
    private static partial Regex NoObject();

    [GeneratedRegex("transport '.*' not allowed|unsupported protocol|Protocol .* (not supported|disabled)|is not a valid protocol|unable to find remote helper|strange (hostname|port|pathname)", RegexOptions.IgnoreCase)]
    private static partial Regex Protocol();

    [GeneratedRegex(@"Could not resolve|Connection (refused|reset|closed|timed out)|Failed to connect|Couldn't connect|timed? out|early EOF|hung up|unexpected disconnect|RPC failed|returned error: (429|5\d\d)|Operation too slow|transfer closed|Empty reply|[Rr]ecv failure|[Ss]end failure|kex_exchange|Network is unreachable|No route to host|unreachable|TLS connection|Broken pipe|bad band|invalid (index-pack|server)|expected flush|protocol error|bad line length|unexpected EOF")]
    private static partial Regex Network();

    [GeneratedRegex(@"corrupt|not a git repository|bad object|bad tree|object file .* is empty|inflate|is too small|does not match index|unable to (read|find|parse)|could not (parse|read) [0-9a-f]{40}|[Cc]ould not read|missing (blob|tree|commit|object)|not a valid object|Not a valid object|bad config|invalid object|packfile .* cannot|pack has|bad signature|bad offset|non-monotonic|unresolved deltas|did not send all necessary|cannot be accessed|not a tree object|index file|invalid gitfile|bad sha1 file|packed object")]
    private static partial Regex Corrupt();

    [GeneratedRegex("(?m)^remote:.*$")]
    private static partial Regex FromServer();

    [GeneratedRegex(@"://[^/\s'@]*(@[^/\s'@]*)*@")]
    private static partial Regex UserInfo();
}

using KestraGitHub.Configuration;

namespace KestraGitHub.GitHub;

/// <summary>Section <c>GitHub</c>. With neither <see cref="Token"/> nor <see cref="AppId"/> GitHub is never called.</summary>
public sealed class GitHubOptions
{
    /// <summary>GitHub's API: <c>https://HOST/api/v3</c> of a GitHub Enterprise Server, <c>https://api.TENANT.ghe.com</c>.</summary>
    public string ApiUrl { get; set; } = "https://api.github.com";

    /// <summary>A classic or fine-grained token; where an App is configured, the App is used instead.</summary>
    public string? Token { get; set; }

    /// <summary>The App's client id or its number.</summary>
    public string? AppId { get; set; }

    /// <summary>PEM of the App's key. Its line ends may be written as <c>\n</c>, as environment files want it.</summary>
    public string? PrivateKey { get; set; }

    /// <summary>PEM of authorities that are trusted beside the system's, for a GitHub Enterprise Server.</summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary><c>http://user:password@host:port</c>; <c>none</c> goes straight; null is what the environment says.</summary>
    public string? Proxy { get; set; }

    /// <summary>What the client's handler is made with.</summary>
    internal Outbound Outbound => Outbound.Of(CertificateAuthorityFile, Proxy);

    /// <summary>How often to look for what no webhook told; zero is never.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>True: an App signs in, which may do more than a token (check runs, its own deliveries).</summary>
    internal bool HasApp => AppId is { Length: > 0 };

    /// <summary>Whether what an event says of an App may be said of the configured one: it has two names, and an event may know only the other.</summary>
    internal bool IsOwnApp(string? id, string? clientId) =>
        HasApp && (AppId == id || AppId == clientId || (AppId!.All(char.IsAsciiDigit) ? id is null : clientId is null));

    /// <summary>False: nothing is ever asked of GitHub.</summary>
    internal bool IsConfigured => HasApp || Token is { Length: > 0 };

    /// <summary>Without a slash at the end.</summary>
    internal Uri Api => new(ApiUrl.TrimEnd('/'));

    internal string? PrivateKeyPem => PrivateKey?.Replace("\\n", "\n", StringComparison.Ordinal);
}

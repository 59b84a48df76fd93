using KestraGitHub.Configuration;

namespace KestraGitHub.GitHub;

/// <summary>Section <c>GitHub</c>. Its keys are taken and checked from the start; statuses, pull requests and lost deliveries will read them.</summary>
public sealed class GitHubOptions
{
    public string ApiUrl { get; set; } = "https://api.github.com";

    public string? Token { get; set; }

    public string? AppId { get; set; }

    /// <summary>PEM of the App's key.</summary>
    public string? PrivateKey { get; set; }

    /// <summary>PEM of authorities that are trusted beside the system's, for a GitHub Enterprise Server.</summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary><c>http://user:password@host:port</c>; <c>none</c> goes straight; null is what the environment says.</summary>
    public string? Proxy { get; set; }

    /// <summary>What the client's handler is made with.</summary>
    internal Outbound Outbound => Outbound.Of(CertificateAuthorityFile, Proxy);

    /// <summary>How often to look for what no webhook told; zero is never.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(10);
}

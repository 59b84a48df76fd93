namespace KestraGitHub.GitHub;

/// <summary>Section <c>GitHub</c>. Its keys are taken and checked from the start; statuses, pull requests and lost deliveries will read them.</summary>
public sealed class GitHubOptions
{
    public string ApiUrl { get; set; } = "https://api.github.com";

    public string? Token { get; set; }

    public string? AppId { get; set; }

    /// <summary>PEM of the App's key.</summary>
    public string? PrivateKey { get; set; }

    /// <summary>How often to look for what no webhook told; zero is never.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(10);
}

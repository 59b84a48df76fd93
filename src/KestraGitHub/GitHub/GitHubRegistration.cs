using KestraGitHub.Configuration;

namespace KestraGitHub.GitHub;

internal static class GitHubRegistration
{
    public static IServiceCollection AddGitHub(this IServiceCollection services, IConfiguration configuration) =>
        services.BindSection<GitHubOptions>(configuration, "GitHub", Faults);

    private static IEnumerable<string> Faults(GitHubOptions options)
    {
        if (!Uri.TryCreate(options.ApiUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            yield return "GitHub:ApiUrl is no address; write https://api.github.com, or https://HOST/api/v3 of your GitHub Enterprise Server.";
        if (options.AppId is { Length: > 0 } != options.PrivateKey is { Length: > 0 })
            yield return "GitHub:AppId and GitHub:PrivateKey belong together: set both, or neither.";
        foreach (var fault in options.Outbound.Faults("GitHub")) yield return fault;
        if (options.PollInterval < TimeSpan.Zero) yield return "GitHub:PollInterval must not be negative; PT0S switches it off.";
    }
}

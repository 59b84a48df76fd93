using System.Net;
using KestraGitHub.Configuration;

namespace KestraGitHub.GitHub;

internal static class GitHubRegistration
{
    public static IServiceCollection AddGitHub(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSection<GitHubOptions>(configuration, "GitHub", Faults);
        services.AddSingleton<GitHubHosts>();
        services.AddSingleton(provider => new GitHubLimits(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AppJwt>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<GitHubOptions>();
            return new GitHubWire(new HttpClient(Handler(options.Outbound)) { Timeout = Timeout.InfiniteTimeSpan }, options.Api, provider.GetRequiredService<GitHubLimits>());
        });
        services.AddSingleton<IGitHubTokens>(provider => provider.GetRequiredService<GitHubOptions>() is { HasApp: false } options
            ? new PersonalTokens(options)
            : new AppTokens(provider.GetRequiredService<GitHubWire>(), provider.GetRequiredService<AppJwt>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new GitHubClient(
            provider.GetRequiredService<GitHubWire>(), provider.GetRequiredService<IGitHubTokens>(), provider.GetRequiredService<GitHubOptions>()));
        services.AddSingleton<GitHubProbe>();
        return services;
    }

    internal static SocketsHttpHandler Handler(Outbound outbound) => outbound.ApplyTo(new()
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    private static IEnumerable<string> Faults(GitHubOptions options)
    {
        if (!Uri.TryCreate(options.ApiUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            yield return "GitHub:ApiUrl is no address; write https://api.github.com, or https://HOST/api/v3 of your GitHub Enterprise Server.";
        else if (url.Host.Equals("github.com", StringComparison.OrdinalIgnoreCase))
            yield return "GitHub:ApiUrl is the address of GitHub's pages; write https://api.github.com.";
        if (options.AppId is { Length: > 0 } != options.PrivateKey is { Length: > 0 })
            yield return "GitHub:AppId and GitHub:PrivateKey belong together: set both, or neither.";
        else if (options.PrivateKeyPem is { Length: > 0 } pem && AppJwt.FaultOf(pem) is { } fault)
            yield return fault;
        foreach (var way in options.Outbound.Faults("GitHub")) yield return way;
        if (options.PollInterval < TimeSpan.Zero) yield return "GitHub:PollInterval must not be negative; PT0S switches it off.";
    }
}

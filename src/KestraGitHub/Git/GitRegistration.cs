using KestraGitHub.Configuration;

namespace KestraGitHub.Git;

/// <summary>The service's data folder, below which the git side keeps its own.</summary>
internal sealed record GitDataPath(string Path);

internal static class GitRegistration
{
    public static IServiceCollection AddGit(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSection<GitOptions>(configuration, "Git", Faults);
        services.AddSingleton(new GitDataPath(configuration["Data:Path"] is { Length: > 0 } path ? path : "data"));
        services.AddSingleton<GitMirrors>();
        return services;
    }

    internal static IEnumerable<string> Faults(GitOptions options)
    {
        foreach (var unknown in options.AllowedProtocols.Except(GitOptions.KnownProtocols))
            yield return $"Git:AllowedProtocols has '{unknown}'; there are {string.Join(", ", GitOptions.KnownProtocols)}.";
        foreach (var fault in options.Outbound.Faults("Git")) yield return fault;
        if (options.CacheLimitBytes <= 0) yield return "Git:CacheLimitBytes must be a number of bytes, more than nothing.";
        if (options.ArchiveLimitBytes <= 0) yield return "Git:ArchiveLimitBytes must be a number of bytes, more than nothing.";
        (string Key, TimeSpan Time)[] limits =
        [
            (nameof(GitOptions.CacheKeepTime), options.CacheKeepTime), (nameof(GitOptions.FetchTimeout), options.FetchTimeout),
            (nameof(GitOptions.LsRemoteTimeout), options.LsRemoteTimeout), (nameof(GitOptions.LocalTimeout), options.LocalTimeout),
        ];
        foreach (var (key, time) in limits)
            if (time < TimeSpan.Zero || time >= TimeSpan.FromDays(1)) yield return $"Git:{key} must be a time such as PT10M, less than a day.";
    }
}

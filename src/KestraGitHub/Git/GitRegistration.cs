namespace KestraGitHub.Git;

/// <summary>The service's data folder, below which the git side keeps its own.</summary>
internal sealed record GitDataPath(string Path);

internal static class GitRegistration
{
    private static readonly string[] Keys =
        [nameof(GitOptions.AllowedProtocols), nameof(GitOptions.CacheLimitBytes), nameof(GitOptions.CacheKeepTime), nameof(GitOptions.FetchTimeout),
            nameof(GitOptions.LsRemoteTimeout), nameof(GitOptions.LocalTimeout), nameof(GitOptions.KnownHostsFile), nameof(GitOptions.Program)];

    public static IServiceCollection AddGit(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(Read(configuration.GetSection("Git")));
        services.AddSingleton(new GitDataPath(configuration["Data:Path"] is { Length: > 0 } path ? path : "data"));
        services.AddSingleton<GitMirrors>();
        return services;
    }

    /// <exception cref="InvalidOperationException">A key or value is wrong; the message names all that are.</exception>
    internal static GitOptions Read(IConfigurationSection section)
    {
        var faults = section.GetChildren().Where(c => !Keys.Contains(c.Key, StringComparer.OrdinalIgnoreCase)).Select(c => $"{c.Path} is not a setting; there are {string.Join(", ", Keys)}.").ToList();
        var defaults = new GitOptions();
        var protocols = section.GetSection(nameof(GitOptions.AllowedProtocols)).GetChildren().Select(c =>
            (c.Value ?? "").Trim().ToLowerInvariant()).Where(p => p.Length > 0).Distinct().ToList();
        faults.AddRange(protocols.Except(GitOptions.KnownProtocols).Select(p => $"Git:AllowedProtocols has '{p}'; there are {string.Join(", ", GitOptions.KnownProtocols)}."));
        var options = new GitOptions
        {
            AllowedProtocols = protocols.Count > 0 ? protocols : GitOptions.DefaultProtocols,
            CacheLimitBytes = Bytes(section, nameof(GitOptions.CacheLimitBytes), defaults.CacheLimitBytes, faults),
            CacheKeepTime = Time(section, nameof(GitOptions.CacheKeepTime), defaults.CacheKeepTime, faults),
            FetchTimeout = Time(section, nameof(GitOptions.FetchTimeout), defaults.FetchTimeout, faults),
            LsRemoteTimeout = Time(section, nameof(GitOptions.LsRemoteTimeout), defaults.LsRemoteTimeout, faults),
            LocalTimeout = Time(section, nameof(GitOptions.LocalTimeout), defaults.LocalTimeout, faults),
            KnownHostsFile = section[nameof(GitOptions.KnownHostsFile)] is { Length: > 0 } file ? Path.GetFullPath(file) : null,
            Program = section[nameof(GitOptions.Program)] is { Length: > 0 } program ? program : defaults.Program,
        };
        return faults.Count == 0 ? options : throw new InvalidOperationException(string.Join(' ', faults));
    }

    private static long Bytes(IConfigurationSection section, string key, long otherwise, List<string> faults)
    {
        if (section[key] is not { Length: > 0 } text) return otherwise;
        if (long.TryParse(text, out var bytes) && bytes > 0) return bytes;
        faults.Add($"{section.Path}:{key} is '{text}'; write a number of bytes.");
        return otherwise;
    }

    private static TimeSpan Time(IConfigurationSection section, string key, TimeSpan otherwise, List<string> faults)
    {
        if (section[key] is not { Length: > 0 } text) return otherwise;
        try
        {
            var time = text.StartsWith('P') ? System.Xml.XmlConvert.ToTimeSpan(text)
                : TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            if (time >= TimeSpan.Zero && time < TimeSpan.FromDays(1)) return time;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            // Said below with the cure.
        }

        faults.Add($"{section.Path}:{key} is '{text}'; write a time such as PT10M, less than a day.");
        return otherwise;
    }
}

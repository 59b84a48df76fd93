using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace KestraGitHub.Configuration;

/// <summary>One setting as it holds.</summary>
/// <param name="Value">Null where there is none; <c>***</c> for a secret that is set.</param>
/// <param name="From"><c>default</c>, <c>environment</c>, <c>argument</c>, or a file's name.</param>
internal sealed record EffectiveSetting(string Key, string? Value, string From)
{
    public const string Hidden = "***";
    public const string Default = "default";
}

/// <summary>What holds of all that can be set, and who said so.</summary>
internal static class EffectiveSettings
{
    public static IReadOnlyList<EffectiveSetting> Of(IConfigurationRoot root, IEnumerable<Setting> settings)
    {
        var found = settings.SelectMany(s => Held(root, s, s.Key.Split(':'), 0, null)).ToList();
        return [Urls(root), .. found.DistinctBy(f => f.Key.ToUpperInvariant())];
    }

    /// <summary>The keys of the configuration that <paramref name="setting"/> speaks of: a list and a name may stand for several, or for none.</summary>
    private static IEnumerable<EffectiveSetting> Held(IConfigurationRoot root, Setting setting, string[] parts, int at, string? path)
    {
        if (at == parts.Length)
        {
            if (root[path!] is { } value) return [new(path!, value.Length > 0 && (setting.IsSecret || HoldsCredential(value)) ? EffectiveSetting.Hidden : value, From(root, path!))];
            return setting.Key == path ? [new(path, setting.Default, EffectiveSetting.Default)] : [];
        }

        var isMany = parts[at] is "0" or "<name>";
        if (!isMany) return Held(root, setting, parts, at + 1, path is null ? parts[at] : $"{path}:{parts[at]}");
        var children = root.GetSection(path!).GetChildren().ToList();
        if (children.Count > 0) return children.SelectMany(c => Held(root, setting, parts, at + 1, c.Path));
        // Nobody has counted or named anything: a plain list shows its default, the rest is not there.
        return parts[at] == "0" && at == parts.Length - 1 ? [new(path!, setting.Default, EffectiveSetting.Default)] : [];
    }

    /// <summary>An address with a user in it is refused elsewhere; what is refused is not shown either.</summary>
    private static bool HoldsCredential(string value) => Uri.TryCreate(value, UriKind.Absolute, out var url) && url.UserInfo.Length > 0;

    private static EffectiveSetting Urls(IConfigurationRoot root) => new("Urls", root["Urls"] ?? "http://127.0.0.1:5080", root["Urls"] is null ? EffectiveSetting.Default : From(root, "Urls"));

    private static string From(IConfigurationRoot root, string key)
    {
        foreach (var provider in root.Providers.Reverse())
            if (provider.TryGet(key, out _))
                return provider switch
                {
                    JsonConfigurationProvider json => json.Source.Path ?? "a file",
                    EnvironmentVariablesConfigurationProvider => "environment",
                    CommandLineConfigurationProvider => "argument",
                    _ => "host",
                };
        return EffectiveSetting.Default;
    }
}

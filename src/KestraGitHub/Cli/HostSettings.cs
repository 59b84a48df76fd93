namespace KestraGitHub.Cli;

/// <summary>The settings that arguments may give: those of the service, and those that the host reads by itself.</summary>
internal static class HostSettings
{
    public static readonly string[] Sections =
        ["Api", "Clones", "Data", "Definitions", "Git", "GitHub", "Http", "Kestra", "Notifications", "Runs", "Storage", "Webhooks"];

    public static readonly string[] OfHost =
    [
        "Urls", "Logging", "Kestrel", "AllowedHosts", "Environment", "ContentRoot", "ApplicationName", "WebRoot", "Http_Ports", "Https_Ports", "PreferHostingUrls", "DetailedErrors",
        "CaptureStartupErrors", "SuppressStatusMessages", "ShutdownTimeoutSeconds", "HostingStartupAssemblies", "HostingStartupExcludeAssemblies", "PreventHostingStartup",
        "ForwardedHeaders_Enabled", "StaticWebAssets",
    ];

    /// <param name="key">Without dashes and value: <c>Kestra:Url</c>, <c>Urls</c>. A section is set by its keys only.</param>
    public static bool Knows(string key) => key.Split(':') is [var first, .. var below] && (Has(OfHost, first) || below.Length > 0 && Has(Sections, first));

    private static bool Has(string[] names, string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}

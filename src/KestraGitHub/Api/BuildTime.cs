using System.Reflection;

namespace KestraGitHub.Api;

/// <summary>The build runs the host to write <c>openapi/kestra-github.json</c>. That run must leave nothing behind but the document.</summary>
internal static class BuildTime
{
    private const string Tool = "GetDocument.Insider";
    private const string WebHost = "GenericWebHostService";

    public static bool IsNow { get; } = Assembly.GetEntryAssembly()?.GetName().Name == Tool;

    /// <summary>The last thing before the host is built: takes out whatever would open a database, make a token or start to work.</summary>
    public static IServiceCollection StayQuietAtBuildTime(this IServiceCollection services)
    {
        if (!IsNow) return services;
        foreach (var work in services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Name != WebHost).ToList())
            services.Remove(work);
        return services;
    }
}

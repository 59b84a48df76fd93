namespace KestraGitHub;

internal static class LoggingRules
{
    /// <summary>A webhook's path holds its key. These categories print paths, or put them into a scope: they stay silent whatever the configuration says.</summary>
    private static readonly string[] PathPrinters =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Routing.Matching.DfaMatcher", "Microsoft.AspNetCore.HttpLogging",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
    ];

    /// <summary>With the database away, these write hundreds of lines of stack in a minute; <c>SchedulerTrouble</c> says it in one.</summary>
    private static readonly string[] Floods = ["Quartz.Impl.AdoJobStore", "Quartz.Core"];

    public static ILoggingBuilder KeepFloodsOut(this ILoggingBuilder logging)
    {
        foreach (var category in Floods) logging.AddFilter(category, LogLevel.None);
        return logging;
    }

    public static ILoggingBuilder KeepPathsOut(this ILoggingBuilder logging)
    {
        foreach (var category in PathPrinters) logging.AddFilter(category, LogLevel.None);
        return logging;
    }
}

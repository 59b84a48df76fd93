using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KestraGitHub.Access;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <param name="Facts">Names and values, in the order in which they are shown.</param>
/// <param name="Healthy">Whether the database answers.</param>
public sealed record AboutView(IReadOnlyList<(string Name, string Value)> Facts, bool Healthy, DateTimeOffset Started, int Loaded, int Broken);

/// <summary>What this service is, and where its machines look.</summary>
internal static class AboutPages
{
    private static readonly DateTimeOffset Started = DateTimeOffset.UtcNow;

    public static void MapAboutPages(this IEndpointRouteBuilder routes)
    {
        RuntimeHelpers.RunClassConstructor(typeof(AboutPages).TypeHandle);
        routes.MapGet("/about", About);
    }

    private static async Task<IResult> About(HttpContext context, Database database, RunStore runs, DataDirectory data, DefinitionFolder definitions, [FromServices] DefinitionsPull pull, CancellationToken ct)
    {
        var (entries, scope) = (definitions.Catalog.Entries.ToList(), AccessScope.Of(context.User));
        List<(string, string)> facts =
        [
            ("Version", Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown"),
            (".NET", Environment.Version.ToString()),
            ("System", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
            ("Database", database.Shared ? "PostgreSQL" : "SQLite"),
            ("Schema", Migrator.Newest.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("Node", $"{Environment.MachineName}, process {Environment.ProcessId}"),
            ("Memory", Brief.Bytes(Environment.WorkingSet)),
            ("Data", data.Root),
            ("Definitions", pull.IsOn ? Brief.Repository(pull.Address) : definitions.Root),
        ];
        // Of one team's token the machine is no business.
        if (scope.Limited) (facts, entries) = (facts[..1], [.. entries.Where(e => e.Key is { } key && scope.Allows(key))]);
        var view = new AboutView(facts, await AnswersAsync(runs, ct), Started, entries.Count(e => e.Definition is not null), entries.Count(e => e.Broken));
        return Page.Of<Pages.AboutPage>(PageFrame.Of(context, "About", Links.About), view);
    }

    private static async Task<bool> AnswersAsync(RunStore runs, CancellationToken ct)
    {
        try
        {
            await runs.DepthAsync(ct);
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }
}

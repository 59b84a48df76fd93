using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>Where a server has the objects of one kind that are small YAML texts without revisions (kestra-api.md, sections 4 and 5).</summary>
/// <param name="Base">Below the tenant: a POST creates; with an object's address behind it, GET, PUT and DELETE.</param>
/// <param name="Search">Lists them by pages.</param>
/// <param name="Sort">What keeps pages apart, percent-encoded; empty where no column is known to be there, for an unknown one is an error (11.4).</param>
/// <param name="Validates">True where <c>Base/validate</c> looks at a source without storing it.</param>
/// <param name="Exports">True where the list brings no sources, and <c>Base/export</c> gives many of them at once.</param>
internal sealed record ObjectRoutes(ResourceKind Kind, string Base, string Search, string Sort, bool Validates, bool Exports = false)
{
    private static readonly ObjectRoutes Dashboards = new(ResourceKind.Dashboard, "dashboards", "dashboards", "id%3Aasc", Validates: true);
    private static readonly ObjectRoutes Apps = new(ResourceKind.App, "apps", "apps/search", "", Validates: false, Exports: true);
    private static readonly ObjectRoutes UnitTests = new(ResourceKind.UnitTest, "tests", "tests/search", "", Validates: true);

    public static ObjectRoutes Of(ResourceKind kind) => kind switch
    {
        ResourceKind.Dashboard => Dashboards,
        ResourceKind.App => Apps,
        ResourceKind.UnitTest => UnitTests,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Why a server cannot hold the kind at all, as a whole sentence; or null.</summary>
    public string? Lacking(KestraServer server) => Lacking(server.Version, server.Edition, server.HasDashboards);

    /// <summary>The same of every such kind.</summary>
    public static IReadOnlyList<string> AllLacking(KestraIdentity server) =>
        [.. new[] { Dashboards, Apps, UnitTests }.Select(r => r.Lacking(server.Version, server.Edition, server.Dashboards)).OfType<string>()];

    private string? Lacking(KestraVersion version, KestraEdition edition, bool hasDashboards) => Kind switch
    {
        ResourceKind.Dashboard when version.AtLeast(2, 0) && edition != KestraEdition.Enterprise =>
            $"From Kestra 2.0 on custom dashboards belong to the enterprise edition; this server has version {version}, open source",
        ResourceKind.Dashboard when !hasDashboards => "Custom dashboards are switched off at this server (isCustomDashboardsEnabled: false)",
        ResourceKind.App or ResourceKind.UnitTest when edition != KestraEdition.Enterprise =>
            $"{(Kind == ResourceKind.App ? "Apps" : "Unit tests")} belong to the enterprise edition; this server is the open-source one",
        _ => null,
    };

    /// <summary>The part of the address that names one object, percent-encoded; null where the row does not say it.</summary>
    public string? AddressOf(ObjectRow row) => Kind switch
    {
        ResourceKind.App => Escaped(row.Uid),
        ResourceKind.UnitTest => Escaped(row.Namespace) is { } ns && Escaped(row.Id) is { } id ? $"{ns}/{id}" : null,
        _ => Escaped(row.Id),
    };

    private static string? Escaped(string? text) => string.IsNullOrEmpty(text) ? null : Uri.EscapeDataString(text);
}

using KestraGitHub.Access;

namespace KestraGitHub.Dashboard;

/// <summary>What every page shows around its own content.</summary>
/// <param name="Here">The address of the part of the site that the page belongs to.</param>
/// <param name="MayOperate">False: buttons that start or stop something are not offered.</param>
/// <param name="Reload">Seconds after which a page without scripts looks again; 0 for never.</param>
public sealed record PageFrame(string Title, string Here, string? User, string? Role, bool MayOperate, int Reload = 0)
{
    /// <summary>True for whoever may do everything.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>True for whoever a proxy signs in anew with each request: signing out is the proxy's.</summary>
    public bool ByProxy { get; init; }

    internal static PageFrame Of(HttpContext context, string title, string here) => new(
        title, here,
        context.User.Identity is { IsAuthenticated: true } ? context.User.Identity.Name ?? "signed in" : null,
        RoleOf(context), context.User.IsInRole(Policies.Operator)) { IsAdmin = context.User.IsInRole(Policies.Admin), ByProxy = context.User.Identity?.AuthenticationType == ProxyHandler.Name };

    internal static string? RoleOf(HttpContext context) =>
        new[] { Policies.Admin, Policies.Operator, Policies.Viewer }.FirstOrDefault(context.User.IsInRole);
}

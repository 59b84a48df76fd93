using System.Security.Claims;
using KestraGitHub.Definitions;

namespace KestraGitHub.Access;

/// <summary>The part of all syncs that someone may see. Null means no limit.</summary>
/// <param name="Namespace">With the namespaces below it, on the dot.</param>
public sealed record AccessScope(string? Tenant, string? Namespace)
{
    internal const string ClaimType = "kestra-github/scope";

    private static readonly AccessScope Nothing = new(string.Empty, null);

    public static AccessScope Everything { get; } = new(null, null);

    public bool Limited => Tenant is not null;

    /// <summary>The scope of whoever asks; nothing at all for someone who is not signed in.</summary>
    public static AccessScope Of(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } ? Parse(user.FindFirstValue(ClaimType)) ?? Nothing : Nothing;

    /// <summary>Null when the text is no scope.</summary>
    public static AccessScope? Parse(string? text) => text?.Trim().Split('/') switch
    {
        null or [""] => Everything,
        [var tenant] => new(tenant, null),
        [{ Length: > 0 } tenant, { Length: > 0 } @namespace] => new(tenant, @namespace),
        _ => null,
    };

    /// <summary>What is wrong with the scope of an entry of the configuration, or null.</summary>
    internal static string? Fault(string key, string? text) =>
        Parse(text) is null ? $"{key}:Scope must be a tenant, or a tenant and a namespace as in main/company.team." : null;

    public bool Allows(SyncKey key) => AllowsTenant(key.Tenant) && (Namespace is null || Within(key.Namespace, Namespace));

    public bool AllowsTenant(string tenant) => Tenant is null || Tenant == tenant;

    public override string ToString() => Namespace is null ? Tenant ?? string.Empty : $"{Tenant}/{Namespace}";

    private static bool Within(string @namespace, string top) =>
        @namespace == top || (@namespace.Length > top.Length && @namespace.StartsWith(top, StringComparison.Ordinal) && @namespace[top.Length] == '.');
}

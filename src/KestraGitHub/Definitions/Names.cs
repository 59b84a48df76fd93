using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>What Kestra takes for an id, a namespace and a tenant.</summary>
internal static partial class Names
{
    public static bool IsFlowId(string text) => text.Length <= 100 && FlowId().IsMatch(text);

    public static bool IsNamespace(string text) => text.Length <= 150 && Namespace().IsMatch(text);

    public static bool IsTenant(string text) => text.Length <= 150 && Tenant().IsMatch(text);

    /// <summary>What stands in the API's paths where a tenant stands: <c>/api/v1/runs/…</c>.</summary>
    public static bool IsTaken(string tenant) => tenant is "runs" or "deliveries" or "definitions";

    public static bool IsTaskId(string text) => text.Length <= 256 && TaskId().IsMatch(text);

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9._-]*\z")]
    private static partial Regex FlowId();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]*\z")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_-]*\z")]
    private static partial Regex Tenant();

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9_-]*\z")]
    private static partial Regex TaskId();
}

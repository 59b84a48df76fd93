using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>What Kestra takes for an id, a namespace and a tenant.</summary>
internal static partial class Names
{
    public static bool IsFlowId(string text) => text.Length <= 100 && FlowId().IsMatch(text);

    public static bool IsNamespace(string text) => text.Length <= 150 && Namespace().IsMatch(text);

    public static bool IsTenant(string text) => text.Length <= 150 && Tenant().IsMatch(text);

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

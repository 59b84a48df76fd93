using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>
/// Who a file most likely is whose YAML cannot be read: what its lines at the margin say. Only for showing its faults where its author looks
/// for them; it claims nothing.
/// </summary>
internal static partial class LikelyIdentity
{
    public static SyncKey? Of(string text, string ownTenant)
    {
        var (id, ns, tenant) = (Value(Id(), text), Value(Namespace(), text), Value(Tenant(), text) ?? ownTenant);
        return id is not null && ns is not null && Names.IsFlowId(id) && Names.IsNamespace(ns) && Names.IsTenant(tenant) ? new SyncKey(tenant, ns, id) : null;
    }

    private static string? Value(Regex line, string text) => line.Match(text) is { Success: true } match ? match.Groups["value"].Value : null;

    [GeneratedRegex("""^id[ \t]*:[ \t]+["']?(?<value>[^\s"'#]+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Id();

    [GeneratedRegex("""^namespace[ \t]*:[ \t]+["']?(?<value>[^\s"'#]+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();

    /// <summary>The first <c>tenant</c> among the indented lines right below <c>x-kestra-github:</c>.</summary>
    [GeneratedRegex("""^x-kestra-github[ \t]*:[ \t\r]*\n([ \t]+[^\n]*\n)*?[ \t]+tenant[ \t]*:[ \t]+["']?(?<value>[^\s"'#]+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Tenant();
}

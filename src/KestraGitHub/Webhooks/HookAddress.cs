using KestraGitHub.Definitions;

namespace KestraGitHub.Webhooks;

/// <summary>Where a hook of GitHub's calls, when it calls an address of this service. The host counts for nothing: it is the proxy's, or the one before the move.</summary>
/// <param name="Sync">Null for the app-wide address.</param>
internal sealed record HookAddress(SyncKey? Sync, string Key)
{
    /// <returns>Null for an address of something else.</returns>
    public static HookAddress? Of(string? url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http")) return null;
        return uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Decoded).ToArray() switch
        {
            [.., "api", "v1", var tenant, "executions", "webhook", var @namespace, var flow, var key] => new(new SyncKey(tenant, @namespace, flow), key),
            [.., "webhook", var tenant, var @namespace, var flow, var key] => new(new SyncKey(tenant, @namespace, flow), key),
            [.., "webhook", "github"] => new(null, ""),
            _ => null,
        };
    }

    // As the server has it in a route: a slash within a part stays as it was written.
    private static string Decoded(string part) => Uri.UnescapeDataString(part.Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase));

    /// <summary>Without the key.</summary>
    public override string ToString() => Sync?.ToString() ?? "/webhook/github";
}

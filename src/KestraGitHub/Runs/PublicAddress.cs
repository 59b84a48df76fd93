using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>A part of section <c>Http</c>: how the service is reached from where people sit, for the links that it leaves elsewhere.</summary>
public sealed class PublicAddress
{
    /// <summary><c>https://kestra-github.example.org</c>, with the path before ours where there is one. Empty: no links are left.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Null when the address is not known.</summary>
    internal string? OfRun(string id) => PublicUrl.Length == 0 ? null : $"{PublicUrl.TrimEnd('/')}/runs/{Uri.EscapeDataString(id)}";

    /// <summary>Null when the address is not known.</summary>
    internal string? OfSync(SyncKey sync) =>
        PublicUrl.Length == 0 ? null : $"{PublicUrl.TrimEnd('/')}/syncs/{Uri.EscapeDataString(sync.Tenant)}/{Uri.EscapeDataString(sync.Namespace)}/{Uri.EscapeDataString(sync.Flow)}";

    internal static IEnumerable<string> Faults(PublicAddress address)
    {
        if (address.PublicUrl.Length > 0 && !(Uri.TryCreate(address.PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length + url.Query.Length == 0))
            yield return "Http:PublicUrl must be the address that people open, as in https://kestra-github.example.org.";
    }
}

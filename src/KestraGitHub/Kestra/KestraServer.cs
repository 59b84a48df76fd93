using KestraGitHub.Definitions;

namespace KestraGitHub.Kestra;

/// <summary>A server that answered, what it is, and a client of it. Made anew for each run, so that the calls of a run can be counted.</summary>
/// <param name="Uuid">The instance's own id; empty when it does not say.</param>
/// <param name="Load">Shared by all who write to this address.</param>
internal sealed record KestraServer(KestraTarget Target, KestraVersion Version, KestraEdition Edition, string Uuid, KestraClient Client, ServerLoad Load)
{
    /// <summary>False where custom dashboards are switched off.</summary>
    public bool HasDashboards { get; init; } = true;

    /// <summary>Requests sent through this one so far.</summary>
    public int Calls => Client.Calls;
}

/// <summary>What is known of one server, for health and pages.</summary>
/// <param name="Name">As configured; empty for the default one; its address where a definition names it itself.</param>
/// <param name="Version">Empty while unknown.</param>
/// <param name="Edition"><c>OSS</c>, <c>EE</c>, or empty while unknown.</param>
/// <param name="Reachable">Null while nobody has asked.</param>
public sealed record KestraServerStatus(
    string Name, string Address, string Tenant, string Version, string Edition, bool? Reachable, string? LastError, DateTimeOffset? LastProbe)
{
    /// <summary>What this server cannot hold, each as a whole sentence; empty while unknown.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];
}

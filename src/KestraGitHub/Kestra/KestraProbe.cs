using KestraGitHub.Definitions;

namespace KestraGitHub.Kestra;

/// <summary>Who a server is.</summary>
/// <param name="Dashboards">False where custom dashboards are switched off.</param>
internal sealed record KestraIdentity(KestraVersion Version, KestraEdition Edition, string Uuid, bool Dashboards = true);

/// <summary>The questions before the first call that counts.</summary>
internal static class KestraProbe
{
    public static async Task<KestraIdentity> AskAsync(KestraClient client, KestraTarget target, bool verifyCredentials, CancellationToken ct)
    {
        var configuration = await client.GetConfigurationAsync(ct);
        if (string.IsNullOrEmpty(configuration.Version))
            throw Refusal(
                KestraFailureKind.Unreadable,
                $"what answers at {target.Url.Host} does not say a version: it is no Kestra, or something stands before it");
        var version = KestraVersion.Parse(configuration.Version);
        if (!version.IsSupported)
            throw Refusal(
                KestraFailureKind.Unsupported,
                $"the server has version {version}; {KestraVersion.Oldest} is the oldest that is supported. Upgrade it");
        if (configuration.IsBasicAuthInitialized == false)
            throw Refusal(
                KestraFailureKind.Auth,
                "the server's set-up page was never completed, so nothing can be called. Open it in a browser and make the first user");
        var edition = string.Equals(configuration.Edition, "EE", StringComparison.OrdinalIgnoreCase) ? KestraEdition.Enterprise : KestraEdition.Oss;
        if (edition == KestraEdition.Oss && target.Tenant != "main")
            throw Refusal(KestraFailureKind.Unsupported, $"the open-source edition has one tenant, 'main'; the target names '{target.Tenant}'");
        if (verifyCredentials) await VerifyAsync(client, target, edition, ct);
        return new KestraIdentity(version, edition, configuration.Uuid ?? "", configuration.IsCustomDashboardsEnabled ?? true);
    }

    // The configuration is answered whatever credentials are sent, wrong ones too [probe.configs].
    private static async Task VerifyAsync(KestraClient client, KestraTarget target, KestraEdition edition, CancellationToken ct)
    {
        try
        {
            await client.SearchNewestAsync(null, 1, 1, ct);
        }
        catch (KestraException e) when (e.Kind == KestraFailureKind.Forbidden && edition == KestraEdition.Enterprise)
        {
            // Known, but not allowed to list the whole tenant: the task's own namespace may still be open to it.
        }
        catch (KestraException e) when (e.Kind == KestraFailureKind.NotFound && edition == KestraEdition.Enterprise)
        {
            throw Refusal(KestraFailureKind.NotFound, $"the server has no tenant '{target.Tenant}', or these credentials may not see it");
        }
    }

    private static KestraException Refusal(KestraFailureKind kind, string reason) => new(kind, reason);
}

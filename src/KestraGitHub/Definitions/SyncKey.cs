namespace KestraGitHub.Definitions;

/// <summary>The identity of a definition, and of the sync it describes: the three first parts of the webhook's path.</summary>
public readonly record struct SyncKey(string Tenant, string Namespace, string Flow)
{
    /// <summary>What concerns no sync, or all of them: a delivery to the app-wide address that no sync took.</summary>
    public static SyncKey None { get; } = new("", "", "");

    public override string ToString() => $"{Tenant}/{Namespace}/{Flow}";
}

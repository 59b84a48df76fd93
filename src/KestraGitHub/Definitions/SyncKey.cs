namespace KestraGitHub.Definitions;

/// <summary>The identity of a definition, and of the sync it describes: the three first parts of the webhook's path.</summary>
public readonly record struct SyncKey(string Tenant, string Namespace, string Flow)
{
    public override string ToString() => $"{Tenant}/{Namespace}/{Flow}";
}

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>One object of any kind as a server holds it at this moment: for people to look at, not for runs.</summary>
/// <param name="Content">Null where it is larger than was asked for.</param>
/// <param name="Revision">Of a flow.</param>
internal sealed record HeldObject(ReadOnlyMemory<byte>? Content, long Size, int? Revision = null)
{
    /// <summary>Null when the server says that it is not there.</summary>
    /// <exception cref="KestraException">It cannot be asked, or cannot hold such an object at all.</exception>
    public static async Task<HeldObject?> FindAsync(KestraServer server, ResourceKey key, long most, CancellationToken ct)
    {
        switch (key.Kind)
        {
            case ResourceKind.Flow:
                return await server.Client.FindFlowAsync(key, ct) is { } flow ? Of(flow.Source, most, flow.Revision) : null;
            case ResourceKind.NamespaceFile:
                return await FileAsync(server.Client, key, most, ct);
            default:
                var routes = ObjectRoutes.Of(key.Kind);
                if (routes.Lacking(server) is { } reason) throw new KestraException(KestraFailureKind.Unsupported, reason);
                var reader = new ObjectReader(server, routes, Scope.Tenant(new KindSet(key.Kind)), sha256: false);
                return await reader.FindAsync(key, address: null, ct) is { } found ? Of(found.Source, most) : null;
        }
    }

    private static HeldObject Of(ReadOnlyMemory<byte> source, long most, int? revision = null) => new(source.Length > most ? null : source, source.Length, revision);

    private static async Task<HeldObject?> FileAsync(KestraClient client, ResourceKey key, long most, CancellationToken ct)
    {
        if (!NamespaceFilePath.TryParse(key.Id, out var path, out var fault)) throw new KestraException(KestraFailureKind.Invalid, $"{key}: {fault}");
        if ((await client.ListDirectoryAsync(key.Namespace, path.Directory, ct)).Files.FirstOrDefault(f => f.Path == path) is not { } listed) return null;
        if (listed.Size > most) return new(null, listed.Size);
        return new(await client.ReadFileAsync(key.Namespace, path, listed.Size, async content =>
        {
            var bytes = new byte[listed.Size];
            await content.ReadExactlyAsync(bytes, ct);
            return bytes;
        }, ct), listed.Size);
    }
}

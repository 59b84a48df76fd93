using KestraGitHub.Definitions;
using KestraGitHub.Kestra;

namespace KestraGitHub.Runs;

/// <summary>Reads <c>kv('…')</c> from Kestra while a run goes on. The log says which key was read and where from, and never what it holds.</summary>
internal sealed class KvReader(KestraServers servers)
{
    /// <returns>JSON; null where the key is nowhere.</returns>
    public async Task<string?> ReadAsync(Definition definition, RenderContext context, KvName name, RunLog? log, CancellationToken ct)
    {
        var server = await servers.ConnectAsync(KvTarget.Of(definition, context), ct);
        foreach (var ns in NamespacesOf(name, definition.Key.Namespace))
        {
            if (await server.Client.GetKvAsync(ns, name.Key, ct) is not { } value) continue;
            log?.Info($"kv('{name.Key}') was read from the namespace {ns}");
            return value;
        }

        log?.Info($"kv('{name.Key}') is not in the namespace {name.Namespace ?? definition.Key.Namespace}{(name.Namespace is null ? ", nor above it" : "")}");
        return null;
    }

    /// <summary>As Kestra: the flow's own and those above it, or just the one that is named.</summary>
    internal static IEnumerable<string> NamespacesOf(KvName name, string own)
    {
        for (var ns = name.Namespace ?? own; ns.Length > 0; ns = ns.Contains('.') && name.Namespace is null ? ns[..ns.LastIndexOf('.')] : "") yield return ns;
    }
}

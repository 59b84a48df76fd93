using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>The repositories whose pushes start syncs, each with those syncs: enabled ones with an enabled Webhook trigger.</summary>
internal sealed class WatchedRepositories(DefinitionFolder definitions, RepositoryStore repositories, PauseStore pauses)
{
    /// <param name="paused">True: also those that are suspended.</param>
    public async Task<IReadOnlyDictionary<RepositoryName, IReadOnlyList<Definition>>> OfAsync(bool paused, CancellationToken ct)
    {
        var catalog = definitions.Catalog;
        var held = paused ? new Dictionary<SyncKey, Pause>() : await pauses.AllAsync(ct);
        if (held.ContainsKey(default)) return new Dictionary<RepositoryName, IReadOnlyList<Definition>>();
        var wanted = catalog.Keys.Select(k => catalog.Find(k)?.Definition).OfType<Definition>()
            .Where(d => !d.Disabled && d.Webhooks.Any(w => !w.Disabled) && !held.ContainsKey(d.Key)).ToDictionary(d => d.Key);
        var pairs = wanted.Values.SelectMany(d => d.Repositories.Names.Select(name => (Name: name, Definition: d))).ToList();
        var open = wanted.Values.Where(d => d.Repositories.Open).Select(d => d.Key).ToList();
        if (open.Count > 0)
            foreach (var (sync, url) in await repositories.LastUrlsAsync(open, ct))
                if (RepositoryName.Of(url) is { } name) pairs.Add((name, wanted[sync]));
        return pairs.Distinct().GroupBy(p => p.Name).ToDictionary(g => g.Key, g => (IReadOnlyList<Definition>)[.. g.Select(p => p.Definition)]);
    }
}

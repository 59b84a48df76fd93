using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>Finds who reads a repository, and stores what a call to the app-wide address comes to.</summary>
internal sealed class FanOutInbox(DefinitionFolder definitions, RepositoryStore repositories, DeliveryStore deliveries, OwnCommitStore commits, CheckDesk checks)
{
    /// <summary>
    /// The definitions that name it: by any of its addresses, or by the name that it had when it was last told under the same number. A definition whose url only
    /// a run knows counts as naming what its last run read.
    /// </summary>
    public async Task<(IReadOnlyList<Definition> Readers, IReadOnlyList<RepositoryName> New)> ReadersAsync(DeliveryRepository repository, CancellationToken ct)
    {
        var catalog = definitions.Catalog;
        var index = RepositoryIndex.Of(catalog);
        var known = repository.Number is { } number ? await repositories.NamesAsync(number, ct) : [];
        var names = repository.Names.Union(known).ToHashSet();
        var readers = index.Find(names).ToList();
        var open = index.Open.Where(d => !d.Disabled).ToDictionary(d => d.Key);
        var fresh = repository.Number is null ? [] : repository.Names.Where(index.Knows).ToHashSet();
        if (open.Count > 0)
            foreach (var (sync, url) in await repositories.LastUrlsAsync(open.Keys, ct))
            {
                if (RepositoryName.Of(url) is not { } name || !names.Contains(name)) continue;
                readers.Add(open[sync]);
                if (repository.Number is not null && repository.Names.Contains(name)) fresh.Add(name);
            }

        return ([.. readers.DistinctBy(d => d.Key)], [.. fresh.Except(known)]);
    }

    /// <summary>The syncs that moved a branch from the second commit to the first themselves.</summary>
    public Task<IReadOnlySet<SyncKey>> MakersAsync(string after, string before, CancellationToken ct) => commits.MakersAsync(after, before, ct);

    /// <summary>The checks of ours that a re-run button was pressed for.</summary>
    public async Task<IReadOnlyDictionary<SyncKey, ToldCheck>> ChecksAsync(CheckRequest request, DeliveryRepository repository, CancellationToken ct) =>
        await checks.FindAsync(request, await repository.AllNamesAsync(repositories, ct), ct);

    public Task<IReadOnlyList<Accepted>> AcceptAsync(FanOutWish wish, CancellationToken ct) => deliveries.AcceptAsync(wish, ct);
}

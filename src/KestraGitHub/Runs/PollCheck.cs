using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// Asks a repository's server once where its branches are, and starts the syncs that do not know of it. A sync that never ran and never had a delivery knows
/// of nothing: it is left alone.
/// </summary>
internal sealed partial class PollCheck(
    RunStore runs, PollStore polls, DefinitionFolder definitions, KnownTasks known, GitMirrors mirrors, IJobScheduler scheduler, ILogger<PollCheck> logger)
{
    /// <summary>Credentials that are tried where one does not open the repository: one sync's mistake must not take the others' net away.</summary>
    private const int MostCredentials = 3;

    /// <returns>How many runs were started.</returns>
    public async Task<int> RunAsync(RepositoryName repository, IReadOnlyList<Definition> readers, CancellationToken ct)
    {
        var reads = new List<(Definition Definition, RunRow? Last, GitSource Source)>();
        foreach (var definition in readers)
        {
            var (last, current) = await runs.LatestAsync(definition.Key, ct);
            // What waits or goes on looks itself.
            if (current is not null || last is null) continue;
            foreach (var source in await SourcesAsync(definition, last, ct))
                if (RepositoryName.Of(source.Url) == repository) reads.Add((definition, last, source));
        }

        if (reads.Count == 0 || await HeadsAsync(repository, reads.Select(r => r.Source), ct) is not { } heads) return 0;
        var now = new List<(Definition Definition, RunRow? Last, BranchOfSync Branch, string Commit)>();
        foreach (var (definition, last, source) in reads)
        {
            if ((source.Branch is { } branch ? heads.FindBranch(branch) : heads.FindDefault()) is not { Reference: { } reference } head) continue;
            if (WatchedRefs.Matches(definition, reference).Matches) now.Add((definition, last, new(definition.Key, repository, reference), head.Commit));
        }

        var seen = await polls.KnownAsync([.. now.Select(n => n.Branch).Distinct()], ct);
        var moved = now.Where(n => seen.TryGetValue(n.Branch, out var commit) && commit != n.Commit).DistinctBy(n => n.Branch).GroupBy(n => n.Branch.Sync).ToList();
        foreach (var sync in moved) await StartAsync(sync.Key, [.. sync], ct);
        return moved.Count;
    }

    private async Task StartAsync(SyncKey sync, IReadOnlyList<(Definition Definition, RunRow? Last, BranchOfSync Branch, string Commit)> moved, CancellationToken ct)
    {
        // The look takes a while, and somebody may have changed the file meanwhile.
        if (definitions.Catalog.Find(sync)?.Definition is not { Disabled: false }) return;
        var (definition, last, branch, commit) = moved[0];
        var trigger = new RunTrigger("poll", definition.Webhooks.First(w => !w.Disabled).Id, null, null, branch.Ref, commit);

        // No delivery tells what its expressions draw on: what the last one told is the best that is known.
        var request = new RunRequest(sync, trigger, DryRun: false, Revision: null, TimeSpan.Zero, last?.Payload ?? new Dictionary<string, string>());
        await polls.EnqueueAsync(request, [.. moved.Select(m => new SeenHead(sync, m.Branch.Repository, m.Branch.Ref, m.Commit))], ct);
        Log.Moved(logger, branch.Ref, branch.Repository, commit, sync);
        await scheduler.WakeAsync(sync, TimeSpan.Zero, ct);
    }

    private async Task<IEnumerable<GitSource>> SourcesAsync(Definition definition, RunRow last, CancellationToken ct)
    {
        try
        {
            var steps = await known.OfAsync(definition, last, ct);
            return steps.Select(s => s switch
            {
                FlowStep.Run run => run.Task.Git,
                FlowStep.Fetch { Task.Revision: null } fetch => fetch.Task.Git,
                _ => null,
            }).OfType<GitSource>();
        }
        catch (Exception e) when (e is RenderException or KestraException)
        {
            Log.NotRendered(logger, definition.Key, e.Message.Split('\n', 2)[0]);
            return [];
        }
    }

    private async Task<RemoteRefs?> HeadsAsync(RepositoryName repository, IEnumerable<GitSource> sources, CancellationToken ct)
    {
        foreach (var source in sources.DistinctBy(s => s.Credential).Take(MostCredentials))
        {
            try
            {
                return await mirrors.HeadsAsync(source, ct);
            }
            catch (GitException e)
            {
                Log.NotAsked(logger, repository, e.Message.Split('\n', 2)[0]);
                if (e.Kind is not (GitErrorKind.Auth or GitErrorKind.NotFound)) return null;
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Ref} of {Repository} had moved to {Commit}, and no delivery told {Sync}")]
        public static partial void Moved(ILogger logger, string @ref, RepositoryName repository, string commit, SyncKey sync);

        [LoggerMessage(LogLevel.Debug, "{Sync} is left out of the looks at its repositories: {Reason}")]
        public static partial void NotRendered(ILogger logger, SyncKey sync, string reason);

        [LoggerMessage(LogLevel.Warning, "{Repository} could not be asked whether it moved; it is tried again at its next time. {Reason}")]
        public static partial void NotAsked(ILogger logger, RepositoryName repository, string reason);
    }
}

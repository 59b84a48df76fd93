using System.Diagnostics;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>How one task's repository answered.</summary>
/// <param name="Found">What the branch is at; null where it was refused.</param>
/// <param name="Fault">Why it was refused, with its cure; null where it was not.</param>
public sealed record RepositoryAnswer(SyncKey Sync, string Task, string Url, string? Found, string? Fault, TimeSpan Took);

/// <summary>Asks a repository, with the very credentials of the tasks that use it, whether they still work: one question for each task, nothing is fetched.</summary>
internal sealed class RepositoryCheck(DefinitionFolder definitions, RunStore runs, KnownTasks known, GitMirrors mirrors)
{
    /// <param name="syncs">Those whose tasks are asked.</param>
    /// <param name="url">Only of tasks of this repository.</param>
    public async Task<IReadOnlyList<RepositoryAnswer>> AskAsync(IEnumerable<SyncKey> syncs, string url, CancellationToken ct)
    {
        var answers = new List<RepositoryAnswer>();
        foreach (var sync in syncs)
        {
            if (definitions.Catalog.Find(sync)?.Definition is not { } definition) continue;
            try
            {
                foreach (var task in (await known.OfAsync(definition, (await runs.LatestAsync(sync, ct)).Last, ct)).OfType<FlowStep.Run>().Select(s => s.Task))
                    if (GitUrl.WithoutUserInfo(task.Git.Url) == url) answers.Add(await AskAsync(sync, task, url, ct));
            }
            catch (Exception e) when (e is RenderException or KestraException)
            {
                answers.Add(new(sync, "", url, null, e.Message, TimeSpan.Zero));
            }
        }

        return answers;
    }

    /// <summary>The same of every task of a definition that is not in force yet.</summary>
    public async Task<IReadOnlyList<RepositoryAnswer>> AskAsync(Definition definition, CancellationToken ct)
    {
        try
        {
            var answers = new List<RepositoryAnswer>();
            foreach (var task in (await known.OfAsync(definition, null, ct)).OfType<FlowStep.Run>().Select(s => s.Task))
                answers.Add(await AskAsync(definition.Key, task, GitUrl.WithoutUserInfo(task.Git.Url), ct));
            return answers;
        }
        catch (Exception e) when (e is RenderException or KestraException)
        {
            return [new(definition.Key, "", "", null, e.Message, TimeSpan.Zero)];
        }
    }

    private async Task<RepositoryAnswer> AskAsync(SyncKey sync, SyncTask task, string url, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var head = await mirrors.ResolveAsync(task, null, ct);
            return new(sync, task.Name, url, head.IsNew ? $"{head.Wanted} will be made" : $"{head.Wanted} is at {LogWords.Short(head.Commit)}", null, watch.Elapsed);
        }
        catch (GitException e)
        {
            return new(sync, task.Name, url, null, e.Message, watch.Elapsed);
        }
    }
}

using System.Diagnostics;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Why a repository cannot be used, as far as the cure differs.</summary>
public enum RepositoryTrouble { Refused, Protocol, Unreachable, Empty, NoBranch, NoDirectory }

/// <summary>How one task's repository answered.</summary>
/// <param name="Found">What the branch is at; null where there is a fault.</param>
/// <param name="Fault">Why it cannot be used, with its cure; null where it can.</param>
public sealed record RepositoryAnswer(SyncKey Sync, string Task, string Url, string? Found, string? Fault, TimeSpan Took)
{
    /// <summary>Of what kind the fault is.</summary>
    public RepositoryTrouble Trouble { get; init; }
}

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

    /// <summary>The same of every task of a definition that is not in force yet; what is to be read is fetched, to see whether its directory is there.</summary>
    public async Task<IReadOnlyList<RepositoryAnswer>> AskAsync(Definition definition, CancellationToken ct)
    {
        try
        {
            var answers = new List<RepositoryAnswer>();
            foreach (var task in (await known.OfAsync(definition, null, ct)).OfType<FlowStep.Run>().Select(s => s.Task))
                answers.Add(await WithDirectoryAsync(task, await AskAsync(definition.Key, task, GitUrl.WithoutUserInfo(task.Git.Url), ct), ct));
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
            return new(sync, task.Name, url, null, e.Message, watch.Elapsed) { Trouble = await TroubleAsync(task, e, ct) };
        }
    }

    private async Task<RepositoryTrouble> TroubleAsync(SyncTask task, GitException error, CancellationToken ct)
    {
        switch (error.Kind)
        {
            case GitErrorKind.Protocol:
                return RepositoryTrouble.Protocol;
            case GitErrorKind.Network or GitErrorKind.Timeout:
                return RepositoryTrouble.Unreachable;
            case GitErrorKind.NotFound:
                try
                {
                    // Whoever may read its names has been let in: then it is what was asked for that is missing.
                    return (await mirrors.HeadsAsync(task.Git, ct)).IsEmpty ? RepositoryTrouble.Empty : RepositoryTrouble.NoBranch;
                }
                catch (GitException)
                {
                    return RepositoryTrouble.Refused;
                }

            default:
                return RepositoryTrouble.Refused;
        }
    }

    private async Task<RepositoryAnswer> WithDirectoryAsync(SyncTask task, RepositoryAnswer answer, CancellationToken ct)
    {
        if (answer.Fault is not null || task.Policy.Direction == Direction.KestraToGit || task.Git is { DirectoryMustExist: false } or { Directory: "" }) return answer;
        try
        {
            var commit = await mirrors.OpenAsync(task.Git, await mirrors.ResolveAsync(task, null, ct), ct);
            using var use = commit.Mirror.Use();
            return await commit.TreeOfAsync(task.Git.Directory, ct) is not null ? answer : answer with
            {
                Found = null, Trouble = RepositoryTrouble.NoDirectory,
                Fault = $"The directory '{task.Git.Directory}' was not found at {commit.Head.Wanted}. Name one that is there, or push it first.",
            };
        }
        catch (GitException e)
        {
            return answer with { Found = null, Fault = e.Message, Trouble = await TroubleAsync(task, e, ct) };
        }
    }
}

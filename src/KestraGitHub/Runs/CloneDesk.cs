using System.Collections.ObjectModel;
using System.Xml;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

public enum CloneOutcome
{
    Found,

    /// <summary>No such definition, or no task of that name in it that clones.</summary>
    Unknown,

    /// <summary>The definition does not load; <see cref="CloneAsked.Faults"/> say why.</summary>
    Broken,

    /// <summary>The definition, or the task, is disabled.</summary>
    Disabled,

    /// <summary>A value of the task is only known to a run that a delivery started.</summary>
    NotKnown,
}

/// <param name="Task">There when it was found.</param>
internal sealed record CloneAsked(CloneOutcome Outcome, CloneTask? Task, IReadOnlyList<Fault> Faults);

/// <summary>The <c>Clone</c> tasks of all definitions: which commit they mean now, and the archive of it.</summary>
internal sealed class CloneDesk(DefinitionFolder definitions, DefinitionEnvironment environment, GitMirrors git)
{
    /// <summary>Where its archive is served; beside it the same as <c>.zip</c>.</summary>
    public static string PathOf(SyncKey sync, string task) => $"/api/v1/{sync.Tenant}/clones/{sync.Namespace}/{sync.Flow}/{task}.tar.gz";

    public CloneAsked Find(SyncKey sync, string task)
    {
        if (definitions.Catalog.Find(sync) is not { } entry) return new(CloneOutcome.Unknown, null, []);
        if (entry.Definition is not { } definition) return new(CloneOutcome.Broken, null, entry.Faults);
        if (definition.Tasks.FirstOrDefault(t => t.Id == task && t.ShortType == CloneRenderer.Type) is not { } declared) return new(CloneOutcome.Unknown, null, []);
        if (definition.Disabled || !CloneRenderer.Takes(declared)) return new(CloneOutcome.Disabled, null, []);
        try
        {
            return new(CloneOutcome.Found, Render(definition, declared, ReadOnlyDictionary<string, string>.Empty), []);
        }
        catch (RenderException e)
        {
            return new(CloneOutcome.NotKnown, null, [e.Fault]);
        }
        catch (FactNeededException)
        {
            return new(CloneOutcome.NotKnown, null, [
                new Fault(definition.File, declared.Line, 1, $"The task {task} uses `kv` or `outputs`, which only a run knows.", "Write the value, or take it from `vars` or `secret('NAME')`.")]);
        }
    }

    public CloneTask Render(Definition definition, TaskDeclaration task, IReadOnlyDictionary<string, string> payload) =>
        CloneRenderer.Render(definition, task, new RenderContext(environment, payload));

    /// <summary>Asks the server, each time. A branch, tag or commit that is not there is an error, never another one.</summary>
    public Task<GitHead> ResolveAsync(CloneTask task, string? revision, CancellationToken ct) =>
        WithinTimeoutAsync(task, limited => git.ResolveAsync(task.Git, revision ?? task.Revision, limited), ct);

    public Task<FileStream> OpenArchiveAsync(CloneTask task, GitHead head, ArchiveFormat format, CancellationToken ct) =>
        WithinTimeoutAsync(task, limited => git.OpenArchiveAsync(task, head, format, limited), ct);

    /// <summary>Brings the mirror up to date: the commit is at hand when the archive is asked for.</summary>
    public Task<GitCommit> FetchAsync(CloneTask task, string? revision, CancellationToken ct) => WithinTimeoutAsync(
        task, async limited => await git.OpenAsync(task.Git, await git.ResolveAsync(task.Git, revision ?? task.Revision, limited), limited), ct);

    private static async Task<T> WithinTimeoutAsync<T>(CloneTask task, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        if (task.Timeout is not { } timeout) return await work(ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(timeout);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new GitException(GitErrorKind.Timeout, $"Task {task.Id} took longer than its timeout of {XmlConvert.ToString(timeout)}. Give it more time.");
        }
    }
}

using System.Diagnostics;
using System.Xml;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>One git task on its way through a run: what has been found out about it so far.</summary>
internal sealed class TaskRun
{
    private readonly TaskState? _last;
    private readonly Stopwatch _spent = new();
    private ResourceSet _desired = ResourceSet.Empty;

    public TaskRun(SyncTask task, GitHead head, KestraServer server, KestraStoreOptions options, TaskState? last)
    {
        (Task, Head, Server, _last) = (task, head, server, last);

        // A repository that names its objects by SHA-256 has longer names; Kestra's content is then named the same way.
        var sha256 = head.Commit.Length == 64;
        Target = new KestraResourceStore(
            server, task.Scope, sha256, options with { DesiredSize = key => _desired.Resources.GetValueOrDefault(key)?.Size });
    }

    public SyncTask Task { get; }

    public GitHead Head { get; }

    public KestraServer Server { get; }

    /// <summary>Kestra, for the tasks that read from Git.</summary>
    public IResourceStore Target { get; }

    /// <summary>What the last run left, if the task is still the same one.</summary>
    public TaskState? Last => _last?.Fingerprint == Task.Fingerprint ? _last : null;

    public IResourceStore? Source { get; set; }

    public GitCommit? Commit { get; set; }

    public Inventory Inventory { get; set; } = Inventory.Empty;

    /// <summary>Null when neither side moved: then there is nothing to do and <see cref="Last"/> has the counts.</summary>
    public SyncPlan? Plan { get; set; }

    /// <summary>Carries out one part of the task within what is left of its own <c>timeout</c>.</summary>
    /// <exception cref="PermanentFailureException">The time is up.</exception>
    public async Task<T> WithinTimeoutAsync<T>(Func<CancellationToken, Task<T>> part, CancellationToken ct)
    {
        if (Task.Timeout is not { } timeout) return await part(ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(timeout > _spent.Elapsed ? timeout - _spent.Elapsed : TimeSpan.Zero);
        _spent.Start();
        try
        {
            return await part(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw TimeIsUp();
        }
        finally
        {
            _spent.Stop();
        }
    }

    /// <summary>What a part that reports its failure instead of throwing it failed with, in the task's terms.</summary>
    public Exception? InTermsOfTimeout(Exception? failure, CancellationToken ct) =>
        failure is OperationCanceledException and not (LeaseLostException or RunCancelledException) && Task.Timeout <= _spent.Elapsed && !ct.IsCancellationRequested
            ? TimeIsUp()
            : failure;

    private PermanentFailureException TimeIsUp() => new(
        $"Task {Task.Id} took longer than its timeout of {XmlConvert.ToString(Task.Timeout!.Value)}. Give it more time, or find out what is slow: the log has the steps.");

    /// <summary>Reads the source, and tells the target what to expect.</summary>
    public async Task<ResourceSet> ReadSourceAsync(KnownState known, CancellationToken ct) => _desired = await Source!.ReadAsync(known, ct);
}

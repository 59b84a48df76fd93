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
    private ResourceSet _inGit = ResourceSet.Empty;
    private ResourceSet _desired = ResourceSet.Empty;
    private ResourceSet? _held;

    public TaskRun(SyncTask task, GitHead head, KestraServer server, KestraStoreOptions options, TaskState? last)
    {
        (Task, Head, Server, _last) = (task, head, server, last);

        // A repository that names its objects by SHA-256 has longer names; Kestra's content is then named the same way.
        var sha256 = head.Commit.Length == 64;
        if (!Pushes) options = options with { DesiredSize = key => _desired.Resources.GetValueOrDefault(key)?.Size };
        if (task.Layout == Layout.OneFlow) options = options with { Only = () => _desired.Resources.Keys };
        Kestra = new KestraResourceStore(server, task.Scope, sha256, options with { Namespaces = () => _inGit.Namespaces, SparesDrafts = task.Layout == Layout.ByNamespace });
    }

    public SyncTask Task { get; }

    public bool Pushes => Task.Policy.Direction == Direction.KestraToGit;

    /// <summary>True where what it would push is proposed by a pull request.</summary>
    public bool ProposesPush => Pushes && Task.Proposal is not null;

    /// <summary>Where its branch is. It moves when a push finds that somebody was quicker.</summary>
    public GitHead Head { get; set; }

    public KestraServer Server { get; }

    public IResourceStore Kestra { get; }

    /// <summary>Null until its commit was opened.</summary>
    public GitResourceStore? Git { get; set; }

    public IResourceStore Source => Pushes ? Kestra : Git!;

    public IResourceStore Target => Pushes ? Git! : Kestra;

    /// <summary>Where its target is: two tasks with one target may meet in it.</summary>
    public (string Server, string Part) TargetPlace =>
        Pushes ? (Task.Git.Url, Task.Git.Branch ?? "") : (Task.Kestra.Url.AbsoluteUri, Task.Kestra.Tenant);

    /// <summary>Digest of <see cref="TargetPlace"/>.</summary>
    public string TargetId => IdOf(TargetPlace);

    /// <summary>Digest of where its source is.</summary>
    public string SourceId => IdOf(Pushes ? (Task.Kestra.Url.AbsoluteUri, Task.Kestra.Tenant) : (Task.Git.Url, Task.Git.Branch ?? ""));

    /// <summary>A person approved its plan: nothing but that plan is applied.</summary>
    public bool Approved { get; set; }

    /// <summary>What the last run left, if the task is still the same one.</summary>
    public TaskState? Last => _last?.Fingerprint == Task.Fingerprint ? _last : null;

    public GitCommit? Commit { get; set; }

    public Inventory Inventory { get; set; } = Inventory.Empty;

    /// <summary>Null when neither side moved: then there is nothing to do and <see cref="Last"/> has the counts.</summary>
    public SyncPlan? Plan { get; set; }

    /// <summary>The commit of its work branch, where it proposed something.</summary>
    public string? Proposed { get; set; }

    /// <summary>What of the plan was carried out.</summary>
    public IReadOnlyList<AppliedChange> Applied { get; set; } = [];

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

    /// <summary>Reads both sides; Kestra only once on the way to Git, however often the branch moves.</summary>
    public async Task<(ResourceSet Desired, ResourceSet Actual)> ReadAsync(KnownState known, CancellationToken ct)
    {
        _inGit = await Git!.ReadAsync(known, ct);
        if (!Pushes) return (_desired = _inGit, await Kestra.ReadAsync(known, ct));
        _held ??= await Kestra.ReadAsync(known with { Cursor = null }, ct);
        _desired = Git.AsFiles(_held);
        if (Task.Scope.IsTenant) (_desired, _inGit) = UnclaimedFolders.LeftAlone(_desired, _inGit, known.Inventory);
        if (Task.Push!.ErrorOnMissing && _desired.Resources.Count == 0)
            throw new PermanentFailureException($"Task {Task.Id}: no namespace file of {Task.Scope.Namespace} matches `files`, and errorOnMissing is true. Nothing was written.");
        return (_desired, _inGit);
    }

    /// <summary>What Kestra has against flows of its own that go to Git: a newer version may no longer take what an older one stored.</summary>
    public async Task<IReadOnlyList<Objection>> FlawsAsync(SyncPlan plan, CancellationToken ct)
    {
        if (!Pushes || Task.Layout != Layout.ByNamespace) return [];
        List<Change> flows = [.. plan.Writes.Where(c => c.Key.Kind == ResourceKind.Flow && c.Action != ChangeAction.Deleted)];
        return flows.Count == 0 ? [] : await Kestra.CheckAsync(plan with { Changes = flows }, Kestra, ct);
    }

    /// <summary>What is known of both sides after <paramref name="plan"/> was carried out.</summary>
    /// <param name="faithful">True when the inventory says all that the target holds.</param>
    public async Task<TaskState> StateAfterAsync(SyncPlan plan, ApplyResult result, bool faithful)
    {
        var counts = RunReport.Settled(plan);
        var commit = Git!.Pushed ?? Commit!;
        var vouched = result.Failure is null && counts.Invalid == 0;
        // Seen before the rest of Kestra was read: what moved since then shows up the next time.
        var cursor = Pushes ? _desired.Revision is { Length: > 0 } seen ? seen : null : faithful ? result.Cursor : null;
        var tree = await commit.TreeOfAsync(Task.Git.Directory, CancellationToken.None) ?? "";
        return new TaskState(Task.Fingerprint, commit.Commit, tree, vouched ? cursor : null, counts) { Target = TargetId, Source = SourceId };
    }

    /// <summary>A plan that is not, or not yet, carried out, or none.</summary>
    public void ReportPlanned(RunReport report, bool reached)
    {
        if (Plan is null) report.AddUnmoved(Last!);
        else report.AddPlanned(Task.Id, Plan, reached);
    }

    private static string IdOf((string Server, string Part) place) => TextDigest.Of($"{place.Server} {place.Part}");

    /// <summary>Where it is in Git now.</summary>
    public SourceRow Place() => Git?.Pushed is { } pushed
        ? new(Task.Name, Task.Git.Url, Head.Reference ?? $"refs/heads/{Task.Git.Branch}", pushed.Commit, Made: true)
        : new(Task.Name, Task.Git.Url, Head.Reference ?? Task.Git.Branch, Head.Commit is { Length: > 0 } commit ? commit : null, Made: false);
}

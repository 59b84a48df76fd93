namespace KestraGitHub.Reconciliation;

/// <summary>
/// One side of a sync. Git and Kestra are its two implementations; either may be the source or the target. A store is opened for one task of one
/// run (its scope, layout and place are given when it is made) and knows nothing of plans but what <see cref="ApplyAsync"/> is handed.
/// </summary>
internal interface IResourceStore
{
    /// <summary>
    /// One small question: has anything in scope moved since <paramref name="cursor"/>? Costs the same however much there is. A store that has no
    /// such question answers true.
    /// </summary>
    Task<bool> HasMovedAsync(string cursor, CancellationToken ct);

    /// <summary>Reads everything in scope. <paramref name="known"/> is what the last run left: a store may use it to read only what moved.</summary>
    Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct);

    /// <summary>The bytes of a resource that this store read.</summary>
    Task<Stream> OpenAsync(Resource resource, CancellationToken ct);

    /// <summary>What the target itself has against the plan's writes (Kestra's validation), without writing anything. Empty when it has nothing.</summary>
    Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct);

    /// <summary>Carries out the plan's writes, deletes last, and reports each one as it is done. Stops at the first failure.</summary>
    Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct);
}

/// <summary>What is known from the last run.</summary>
/// <param name="Cursor">The target's cursor after that run; null when nothing may be taken for granted.</param>
public sealed record KnownState(Inventory Inventory, string? Cursor)
{
    public static KnownState Nothing { get; } = new(Inventory.Empty, null);
}

/// <summary>The target refuses one change of a plan.</summary>
/// <param name="Skips">True: nothing is wrong with the object, this target just cannot hold its kind.</param>
public sealed record Objection(ResourceKey Key, string Reason, bool Skips = false);

/// <summary>What an apply did.</summary>
/// <param name="Done">Every write that was carried out, with the resource as the target holds it now (null after a delete).</param>
/// <param name="Cursor">The target's cursor afterwards; null when it cannot be vouched for (someone else wrote meanwhile).</param>
/// <param name="Failure">What ended it early, or null. The changes that were not reached are not in <paramref name="Done"/>.</param>
public sealed record ApplyResult(IReadOnlyList<AppliedChange> Done, string? Cursor, ApplyFailure? Failure);

public sealed record AppliedChange(Change Change, Resource? Now);

/// <param name="Change">The change during which it happened, or null.</param>
public sealed record ApplyFailure(Change? Change, Exception Error);

/// <summary>Stands before every single write: the run's lease, its cancellation, its log.</summary>
internal interface IApplyGuard
{
    /// <summary>Called right before a request that writes.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled, or its lease may have ended: nothing more is sent.</exception>
    ValueTask BeforeWriteAsync(CancellationToken ct);

    /// <summary>Called at the connection, before each piece of such a request is sent. It must answer at once.</summary>
    /// <exception cref="OperationCanceledException">The lease may have ended while the request was on its way there: the piece is not sent.</exception>
    void CheckAtWire();

    /// <summary>Called after each write, in any order.</summary>
    void Written(AppliedChange change);
}

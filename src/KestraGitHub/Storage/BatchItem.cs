using System.Data.Common;

namespace KestraGitHub.Storage;

/// <summary>Does many callers' wishes with few statements; one result for each, in their order.</summary>
internal delegate IReadOnlyList<TOut> BatchWork<TIn, TOut>(DbConnection connection, DbTransaction transaction, IReadOnlyList<TIn> wishes);

/// <summary>Wishes of one kind that arrived together. Two of them are of one kind when they have the very same <paramref name="work"/>.</summary>
internal sealed class BatchItem<TIn, TOut>(BatchWork<TIn, TOut> work, IEnumerable<(TIn Wish, WriteCall<TOut> Call)> members) : WriteItem
{
    private readonly List<(TIn Wish, WriteCall<TOut> Call)> _members = [.. members];

    public override bool TryTake() => _members[0].Call.TryTake();

    public override bool IsBatch => true;

    public override bool TryJoin(WriteItem next)
    {
        if (next is not BatchItem<TIn, TOut> same || !same.IsOf(work)) return false;
        _members.AddRange(same._members);
        return true;
    }

    public override void GiveUp(CancellationToken ct) => _members[0].Call.GiveUp(ct);

    public override void Complete(Dialect dialect)
    {
        foreach (var (_, call) in _members) call.Complete(dialect);
    }

    public override void Fail(Exception error)
    {
        foreach (var (_, call) in _members) call.Fail(error);
    }

    protected override void Work(DbConnection connection, DbTransaction transaction)
    {
        var results = work(connection, transaction, [.. _members.Select(m => m.Wish)]);
        for (var i = 0; i < _members.Count; i++) _members[i].Call.Result(results[i]);
    }

    public override IEnumerable<WriteItem>? Parts() => _members.Count == 1 ? null : _members.Select(m => new BatchItem<TIn, TOut>(work, [m]));

    protected override void Keep(Exception error) => _members[0].Call.Error(error);

    private bool IsOf(BatchWork<TIn, TOut> other) => ReferenceEquals(work, other);
}

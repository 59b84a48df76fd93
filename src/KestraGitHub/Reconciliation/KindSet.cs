using System.Collections;

namespace KestraGitHub.Reconciliation;

/// <summary>A few kinds of objects, in the order of apply. Two sets of the same kinds are equal.</summary>
public readonly record struct KindSet : IEnumerable<ResourceKind>
{
    private readonly int _bits;

    public KindSet(params ReadOnlySpan<ResourceKind> kinds)
    {
        foreach (var kind in kinds) _bits |= 1 << (int)kind;
    }

    public bool Contains(ResourceKind kind) => (_bits & (1 << (int)kind)) != 0;

    public IEnumerator<ResourceKind> GetEnumerator() => Enum.GetValues<ResourceKind>().Where(Contains).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(",", this);
}

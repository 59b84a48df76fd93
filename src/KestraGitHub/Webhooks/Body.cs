namespace KestraGitHub.Webhooks;

internal enum BodyOutcome
{
    Whole,
    TooLarge,
    TooSlow,
    Broken,

    /// <summary>The service holds as many bytes as it may. The caller can send it again later.</summary>
    NoRoom,
}

/// <summary>A request's body. Whoever holds it gives its memory back by disposing it, and keeps nothing of its bytes.</summary>
internal sealed class Body(BodyBlocks blocks) : IDisposable
{
    private readonly List<byte[]> _held = [];
    private int _paid;

    public BodyOutcome Outcome { get; private set; } = BodyOutcome.Whole;

    public int Length { get; private set; }

    /// <summary>Whether all bytes lie in one piece, which is then <paramref name="piece"/>.</summary>
    public bool IsOnePiece(out ReadOnlyMemory<byte> piece)
    {
        piece = _held.Count == 1 ? _held[0].AsMemory(0, Length) : default;
        return _held.Count <= 1;
    }

    /// <summary>Where the next bytes go; false when there is no room for them.</summary>
    public bool TryMakeRoom(out Memory<byte> room)
    {
        room = default;
        var used = Length % BodyBlocks.Size;
        if (Length == _held.Count * BodyBlocks.Size)
        {
            if (blocks.TryTake(Length) is not { } block) return false;
            _held.Add(block);
            _paid++;
        }

        room = _held[^1].AsMemory(used);
        return true;
    }

    public void Add(int count) => Length += count;

    /// <summary>It came to nothing: its memory goes back now.</summary>
    public Body Failed(BodyOutcome outcome)
    {
        Dispose();
        Outcome = outcome;
        return this;
    }

    public void CopyTo(Span<byte> target)
    {
        for (var i = 0; i < _held.Count; i++)
        {
            var at = i * BodyBlocks.Size;
            _held[i].AsSpan(0, Math.Min(BodyBlocks.Size, Length - at)).CopyTo(target[at..]);
        }
    }

    /// <summary>The bytes as an array of their own, which counts in the place of this body until it is disposed.</summary>
    public byte[] Keep()
    {
        var kept = new byte[Length];
        CopyTo(kept);
        GiveBack();
        return kept;
    }

    public void Dispose()
    {
        GiveBack();
        blocks.Forget(_paid);
        _paid = 0;
    }

    private void GiveBack()
    {
        blocks.GiveBack(_held);
        _held.Clear();
        Length = 0;
    }
}

using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

/// <summary>
/// The memory of all bodies, in blocks of one size. There are never more than the budget allows; what counts is the blocks in use, never what a
/// caller announces. The shared pool would not do: it keeps an array of each size for each thread, beyond any budget.
/// </summary>
internal sealed class BodyBlocks(IOptions<WebhookOptions> options)
{
    public const int Size = 32 * 1024;

    // A push has a few kilobytes. Larger bodies leave it an eighth of the budget: however many of them trickle in, it is still taken.
    private const int SmallBody = 256 * 1024;

    // What an idle service keeps for the next calls.
    private const int KeptWhenIdle = 64;

    private readonly int _most = (int)Math.Min(options.Value.MaxBytesInFlight / Size, int.MaxValue);
    private readonly Lock _gate = new();
    private readonly Stack<byte[]> _free = [];
    private int _used;

    /// <summary>Bytes of the blocks in use.</summary>
    public long InFlight
    {
        get
        {
            lock (_gate) return (long)_used * Size;
        }
    }

    /// <summary>A block, or null when there is none left for a body that already has <paramref name="length"/> bytes.</summary>
    public byte[]? TryTake(int length)
    {
        lock (_gate)
        {
            if (_used >= (length > SmallBody ? _most - (_most / 8) : _most)) return null;
            _used++;
            if (_free.TryPop(out var block)) return block;
        }

        return GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    }

    /// <summary>These bytes are needed no more, but what took their place still counts until <see cref="Forget"/>.</summary>
    public void GiveBack(IEnumerable<byte[]> blocks)
    {
        lock (_gate)
        {
            foreach (var block in blocks) _free.Push(block);
        }
    }

    public void Forget(int blocks)
    {
        lock (_gate)
        {
            _used -= blocks;
            while (_used == 0 && _free.Count > KeptWhenIdle) _free.Pop();
        }
    }
}

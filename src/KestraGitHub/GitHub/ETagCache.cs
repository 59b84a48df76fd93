namespace KestraGitHub.GitHub;

/// <summary>The last answers to reads, so that asking whether they changed costs nothing. Bounded by number and by size; the least recently used go.</summary>
internal sealed class ETagCache
{
    private const int Most = 256;
    private const int LargestBody = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Account, string Url), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _used = new();

    public int Count
    {
        get { lock (_gate) return _entries.Count; }
    }

    /// <summary>Null when there is none. What one account may see another may not.</summary>
    public Entry? Find(string account, string url)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((account, url), out var node)) return null;
            _used.Remove(node);
            _used.AddFirst(node);
            return node.Value;
        }
    }

    public void Keep(string account, string url, string tag, byte[] body, string? next)
    {
        if (body.Length > LargestBody) return;
        lock (_gate)
        {
            if (_entries.Remove((account, url), out var old)) _used.Remove(old);
            _entries[(account, url)] = _used.AddFirst(new Entry(account, url, tag, body, next));
            if (_entries.Count <= Most) return;
            var last = _used.Last!;
            _used.RemoveLast();
            _entries.Remove((last.Value.Account, last.Value.Url));
        }
    }

    public sealed record Entry(string Account, string Url, string Tag, byte[] Body, string? Next);
}

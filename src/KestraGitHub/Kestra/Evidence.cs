using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>
/// Proof that a flow existed at <see cref="Seen"/>. A PUT of an absent flow can make the server loop until it dies (kestra-api.md 11.1), so a PUT
/// takes one of these, and only a reading of <see cref="KestraClient"/> makes them.
/// </summary>
internal abstract class ExistingFlow
{
    private protected ExistingFlow(ResourceKey key, int? revision, string? digest, DateTimeOffset seen) =>
        (Key, Revision, Digest, Seen) = (key, revision, digest, seen);

    public ResourceKey Key { get; }

    public int? Revision { get; }

    /// <summary>Digest of the source that was seen; null where only the revision is known.</summary>
    public string? Digest { get; }

    public DateTimeOffset Seen { get; }

    /// <summary>Whether the flow as it is <paramref name="now"/> is the one that was seen, as far as can be told.</summary>
    public bool IsStill(StoredFlow now) =>
        (Revision is not { } seen || now.Revision is not { } current || seen == current)
        && (Digest is not { } digest || digest == BlobHash.Of(now.Source.Span));
}

/// <summary>
/// Proof that a file was in a listing of its directory. Deleting a missing file may destroy its only sibling (kestra-api.md section 3), so a
/// DELETE takes one of these, once, and only moments after <see cref="KestraClient.ListDirectoryAsync"/> made it.
/// </summary>
internal abstract class ListedFile
{
    private int _used;

    private protected ListedFile(string ns, NamespaceFilePath path, long size, long modified, DateTimeOffset seen) =>
        (Namespace, Path, Size, Modified, Seen) = (ns, path, size, modified, seen);

    public string Namespace { get; }

    public NamespaceFilePath Path { get; }

    public long Size { get; }

    /// <summary>The server's time stamp, in milliseconds.</summary>
    public long Modified { get; }

    public DateTimeOffset Seen { get; }

    /// <summary>True the first time only.</summary>
    public bool Spend() => Interlocked.Exchange(ref _used, 1) == 0;
}

/// <summary>One flow as the server holds it.</summary>
internal sealed record StoredFlow(ResourceKey Key, int? Revision, ReadOnlyMemory<byte> Source, ExistingFlow Existing);

/// <summary>One flow of an export.</summary>
/// <param name="Existing">Null when the source does not tell whose it is (<paramref name="Problem"/>).</param>
internal sealed record ExportedFlow(string Entry, ReadOnlyMemory<byte> Source, ExistingFlow? Existing, string? Problem);

/// <summary>What one directory holds.</summary>
/// <param name="Unusable">Names that no path of ours can have.</param>
internal sealed record DirectoryListing(
    IReadOnlyList<ListedFile> Files, IReadOnlyList<string> Directories, IReadOnlyList<string> Unusable, bool Missing);

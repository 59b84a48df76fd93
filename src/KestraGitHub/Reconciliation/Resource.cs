using System.Collections.ObjectModel;

namespace KestraGitHub.Reconciliation;

/// <summary>One object as one side holds it.</summary>
/// <param name="Path">Where it lies: the path from the repository's root in Git, empty where the side has no path of its own.</param>
/// <param name="Digest">Digest of the exact bytes as the target stores or would store them; see <see cref="BlobHash"/>. Equal digests are equal bytes.</param>
/// <param name="Likeness">
/// Digest with differences that mean nothing left out (line ends, final newlines, a <c>revision:</c> line of a flow). Equal likeness is no drift.
/// For namespace files the same as <paramref name="Digest"/>.
/// </param>
/// <param name="Version">What the side itself counts by: the blob id of the committed file in Git, the revision (or time stamp) in Kestra.</param>
/// <param name="Size">Bytes of the content.</param>
/// <param name="Content">The bytes, where they are small enough to be held (flows); null where the store streams them (namespace files).</param>
public sealed record Resource(
    ResourceKey Key, string Path, string Digest, string Likeness, string Version, long Size, ReadOnlyMemory<byte>? Content = null);

/// <summary>Why a thing that was found is not in the set of resources.</summary>
public enum ProblemKind
{
    /// <summary>It is there but wrong: never to be read as absent.</summary>
    Invalid,

    /// <summary>It is no object of this sync (another extension, <c>.kestraignore</c>).</summary>
    Ignored,

    /// <summary>It could be one, but this product or this server does not carry it.</summary>
    Skipped,
}

/// <summary>A thing that was found and cannot be used, and the objects on the other side that must not be taken for missing because of it.</summary>
/// <param name="Shields">Keys that this thing may be. None of them is deleted.</param>
/// <param name="ShieldsNamespace">True when nobody can tell which key it is: nothing of <paramref name="Namespace"/> is deleted.</param>
public sealed record ReadProblem(
    ProblemKind Kind, ResourceKind ResourceKind, string Path, string Namespace, string Reason,
    IReadOnlyList<ResourceKey> Shields, bool ShieldsNamespace = false);

/// <summary>All that one side holds within the scope of one task, at one moment.</summary>
/// <param name="Revision">The commit id for Git; for Kestra the cursor that tells later whether anything moved, empty when there is none.</param>
/// <param name="Missing">True when the place itself was not there (a directory that may be missing): nothing is ever deleted because of it.</param>
public sealed record ResourceSet(
    string Revision, IReadOnlyDictionary<ResourceKey, Resource> Resources, IReadOnlyList<ReadProblem> Problems, bool Missing = false)
{
    public static ResourceSet Empty { get; } = new("", new Dictionary<ResourceKey, Resource>(), []);

    // Copied as it is where only a selection of what was found is kept.
    private readonly HashSet<ResourceKind> _found = [.. Resources.Keys.Select(k => k.Kind)];

    /// <summary>What the side speaks of by name, also where nothing of it can be used.</summary>
    public IEnumerable<string> Namespaces => Resources.Keys.Select(k => k.Namespace).Concat(Problems.Select(p => p.Namespace)).Distinct();

    /// <summary>True where it holds nothing of the kind, not even outside a selection: no reason to delete.</summary>
    public bool HoldsNo(ResourceKind kind) => !_found.Contains(kind);

    public bool HoldsNothing => _found.Count == 0;

    /// <summary>Kinds that this side cannot hold at all, and why, as a whole sentence. None of it is an error, and nothing is deleted because of it.</summary>
    public IReadOnlyDictionary<ResourceKind, string> Unsupported { get; init; } = ReadOnlyDictionary<ResourceKind, string>.Empty;
}

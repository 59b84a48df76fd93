using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>
/// The bytes that Kestra holds, out of the mirror: what was made of a blob once is made of it again, and only an equal digest is proof. It spares Kestra
/// being asked for what lies here already.
/// </summary>
internal static class ProvenBlob
{
    /// <param name="known">What the inventory says the object was made of.</param>
    /// <param name="digest">Of what Kestra holds.</param>
    /// <returns>Null where nothing here is proven to be it.</returns>
    public static async Task<Stream?> OpenAsync(GitCommit commit, InventoryEntry known, string digest, CancellationToken ct)
    {
        if (!known.Owned || known.Digest != digest) return null;
        var use = commit.Mirror.Use();
        try
        {
            if (known.SourceVersion == digest) return await commit.Mirror.Objects.OpenBlobAsync(digest, use, ct);
            using (use)
            {
                if (known.Key.Kind == ResourceKind.NamespaceFile || await commit.Mirror.Objects.FindAsync(known.SourceVersion, "blob", FlowFile.MaxBytes, ct) is not { } blob) return null;
                return Candidates(known.Key, blob).FirstOrDefault(c => BlobHash.Of(c.Span, commit.Sha256) == digest) is { IsEmpty: false } proven
                    ? new MemoryStream(proven.ToArray(), writable: false)
                    : null;
            }
        }
        catch (GitException)
        {
            use.Dispose();
            return null; // an old history that is gone, a submodule's blob: Kestra has it
        }
    }

    /// <summary>As it lies in Git, put into the namespace of its folder, and either without the white space at its end, which servers cut off.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Candidates(ResourceKey key, byte[] blob)
    {
        IEnumerable<byte[]> whole = key.Kind == ResourceKind.Flow && FlowFile.Read(blob, key.Namespace).Source is { } placed ? [placed, blob] : [blob];
        foreach (var bytes in whole)
        {
            yield return bytes;
            yield return bytes.AsMemory()[..bytes.AsSpan().TrimEnd(" \t\r\n"u8).Length];
        }
    }
}

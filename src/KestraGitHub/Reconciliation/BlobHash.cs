using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KestraGitHub.Reconciliation;

/// <summary>
/// Git's own name of a content: the hash over <c>blob SIZE\0</c> and the bytes. Using it on both sides lets a file in Kestra be compared
/// with a tree of Git without reading one blob.
/// </summary>
public static class BlobHash
{
    /// <summary>Hex digest of <paramref name="content"/>; SHA-256 where the repository's objects are named so (<paramref name="sha256"/>).</summary>
    public static string Of(ReadOnlySpan<byte> content, bool sha256 = false)
    {
        using var hash = Start(content.Length, sha256);
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The same over a stream of exactly <paramref name="size"/> bytes, in constant memory.</summary>
    /// <exception cref="EndOfStreamException">The stream has another length than was said.</exception>
    public static async Task<string> OfAsync(Stream content, long size, bool sha256, CancellationToken ct)
    {
        using var hash = Start(size, sha256);
        var buffer = ArrayPool<byte>.Shared.Rent(81920);
        try
        {
            long seen = 0;
            for (int read; (read = await content.ReadAsync(buffer, ct)) > 0; seen += read) hash.AppendData(buffer, 0, read);
            if (seen != size) throw new EndOfStreamException($"expected {size} bytes, got {seen}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IncrementalHash Start(long size, bool sha256)
    {
        // SHA-1 because Git names its objects so: it is a name here, not a guard.
        var hash = IncrementalHash.CreateHash(sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {size}\0")));
        return hash;
    }
}

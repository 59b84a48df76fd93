using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace KestraGitHub.Webhooks;

public enum SignatureVerdict
{
    Missing,
    Wrong,
    Right,
}

/// <param name="Secret">Which secret it was, 1-based; 0 unless the signature is right.</param>
public readonly record struct SignatureCheck(SignatureVerdict Verdict, int Secret = 0);

/// <summary>GitHub's <c>X-Hub-Signature-256</c>: HMAC-SHA256 over the raw bytes. The SHA-1 header beside it counts for nothing.</summary>
internal static class GitHubSignature
{
    public const string Header = "X-Hub-Signature-256";

    private const string Prefix = "sha256=";

    public static SignatureCheck Verify(ReadOnlySpan<byte> body, StringValues header, IReadOnlyList<byte[]> secrets)
    {
        if (header.Count == 0) return new(SignatureVerdict.Missing);

        Span<byte> claimed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (header.Count > 1 || !TryParse(header[0], claimed)) return new(SignatureVerdict.Wrong);

        Span<byte> actual = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (var i = 0; i < secrets.Count; i++)
        {
            HMACSHA256.HashData(secrets[i], body, actual);
            if (CryptographicOperations.FixedTimeEquals(actual, claimed)) return new(SignatureVerdict.Right, i + 1);
        }

        return new(SignatureVerdict.Wrong);
    }

    private static bool TryParse(string? header, Span<byte> mac) =>
        header is not null && header.Length == Prefix.Length + (2 * mac.Length) && header.StartsWith(Prefix, StringComparison.Ordinal)
        && Convert.FromHexString(header.AsSpan(Prefix.Length), mac, out _, out var written) == System.Buffers.OperationStatus.Done
        && written == mac.Length;
}

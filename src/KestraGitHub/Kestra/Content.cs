using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

internal static class Content
{
    /// <summary>True where a listing was enough to see that something is different: its digest was never taken, and says nothing of its bytes.</summary>
    public static bool IsUnread(Resource resource) => resource.Digest.Length == 0 || resource.Digest.StartsWith(Unread, StringComparison.Ordinal);

    /// <summary>How a digest begins that only stands for a size.</summary>
    public const string Unread = "size:";

    /// <summary>What is planned with is what was read; the next run reads anew.</summary>
    public static KestraException Changed(Resource resource) =>
        new(KestraFailureKind.Conflict, $"{resource.Key} was changed in Kestra since it was read", passing: true);

    /// <summary>The bytes of something small: held by the resource, or read from its side.</summary>
    public static async Task<ReadOnlyMemory<byte>> OfAsync(Resource resource, IResourceStore source, CancellationToken ct)
    {
        if (resource.Content is { } held) return held;
        await using var stream = await source.OpenAsync(resource, ct);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, ct);
        return bytes.ToArray();
    }
}

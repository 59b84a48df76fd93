using System.Globalization;
using System.Text;
using System.Text.Json;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>What one namespace held: how many files, how many bytes in all, and one digest over paths and contents.</summary>
internal sealed record FileSum(int Count, long Bytes, string Digest)
{
    public static FileSum Of(IReadOnlyCollection<(string Path, string Digest, long Size)> files)
    {
        var lines = files.OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => $"{f.Digest} {f.Path}\n");
        return new FileSum(files.Count, files.Sum(f => f.Size), BlobHash.Of(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}

/// <summary>What the namespaces of a tree held, kept as text between runs: equal sums are equal files.</summary>
internal static class FileCursor
{
    public static string Text(IEnumerable<KeyValuePair<string, FileSum>> namespaces) => JsonSerializer.Serialize(namespaces.OrderBy(n => n.Key, StringComparer.Ordinal)
        .ToDictionary(n => n.Key, n => string.Create(CultureInfo.InvariantCulture, $"{n.Value.Count} {n.Value.Bytes} {n.Value.Digest}")));

    /// <summary>Null for what another version of this program wrote.</summary>
    public static Dictionary<string, FileSum>? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text)?.ToDictionary(n => n.Key, n => Sum(n.Value.Split(' ')));
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static FileSum Sum(string[] parts) => parts.Length == 3
        ? new FileSum(int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2])
        : throw new FormatException();
}

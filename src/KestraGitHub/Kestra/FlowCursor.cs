using System.Text.Json;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>
/// How many flows there are and which was written last: equal cursors mean that nothing was created, changed or deleted between them
/// [moved.token]. Kept as text between runs.
/// </summary>
/// <param name="Server">The instance's own id, so that an address which points to another server now is noticed.</param>
/// <param name="Updated">As the server writes it; null when there is no flow.</param>
internal sealed record FlowCursor(string Server, int Total, string? Updated, string? Namespace, string? Id, int Revision)
{
    private const string Version = "f1";

    public override string ToString() => JsonSerializer.Serialize(
        (object?[])[Version, Server, Total, Updated, Namespace, Id, Revision]);

    public bool Names(FlowRow row) => row.Updated == Updated && row.Namespace == Namespace && row.Id == Id && row.Revision == Revision;

    /// <summary>Null when the answer cannot vouch for anything.</summary>
    public static FlowCursor? Of(string server, FlowPage page)
    {
        if (page.Total is not { } total) return null;
        if (total == 0) return new FlowCursor(server, 0, null, null, null, 0);
        return page.Results is [{ Updated: { Length: > 0 } updated, Namespace: { } ns, Id: { } id, Revision: { } revision }, ..]
            ? new FlowCursor(server, total, updated, ns, id, revision)
            : null;
    }

    public static FlowCursor? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            JsonElement[] parts = [.. json.RootElement.EnumerateArray()];
            return parts.Length == 7 && parts[0].GetString() == Version
                ? new FlowCursor(
                    parts[1].GetString() ?? "", parts[2].GetInt32(),
                    parts[3].GetString(), parts[4].GetString(), parts[5].GetString(), parts[6].GetInt32())
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null; // Another version of this program wrote it: read everything.
        }
    }

    /// <summary>Order of the server's time stamps, whose fractions differ in length.</summary>
    public static int Compare(string? a, string? b) =>
        DateTimeOffset.TryParse(a, System.Globalization.CultureInfo.InvariantCulture, out var x)
        && DateTimeOffset.TryParse(b, System.Globalization.CultureInfo.InvariantCulture, out var y)
            ? x.CompareTo(y)
            : string.CompareOrdinal(a, b);
}

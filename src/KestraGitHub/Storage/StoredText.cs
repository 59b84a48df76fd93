using System.Text;
using System.Text.Json;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>How values lie in a column.</summary>
internal static class StoredText
{
    public static string Word(this RunState state) => state.ToString().ToLowerInvariant();

    public static RunState State(string word) => Enum.Parse<RunState>(word, ignoreCase: true);

    public static long Flag(bool value) => value ? 1 : 0;

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } value ? Time(value) : null;

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    public static RunCounts Counts(string json) => JsonSerializer.Deserialize<RunCounts>(json, JsonSerializerOptions.Web)!;

    public static IReadOnlyDictionary<string, string> Map(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json, JsonSerializerOptions.Web)!;

    public static PullRequest? PullRequest(string? json) => json is null ? null : JsonSerializer.Deserialize<PullRequest>(json, JsonSerializerOptions.Web);

    /// <summary>A page out of one row more than was asked for.</summary>
    public static Page<T> Page<TRow, T>(IReadOnlyList<TRow> rows, int limit, Func<TRow, T> row, Func<TRow, string> id) =>
        new([.. rows.Take(limit).Select(row)], rows.Count > limit ? id(rows[limit - 1]) : null);

    /// <summary>PostgreSQL takes no NUL and no half of a surrogate pair; commit messages, file names and error texts of strangers may hold both.</summary>
    public static string Storable(string text)
    {
        var span = text.AsSpan();
        if (span.IndexOf('\0') < 0 && !span.ContainsAnyInRange('\uD800', '\uDFFF')) return text;
        // What is no text becomes the replacement character on its way to bytes and back.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
    }

    public static int Limit(int limit) => Math.Clamp(limit, 1, 500);
}

/// <summary>The columns by which most tables are keyed, as a query's row.</summary>
internal class SyncColumns
{
    public string Tenant { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Flow { get; init; } = "";

    public SyncKey Sync => new(Tenant, Namespace, Flow);
}

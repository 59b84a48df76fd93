using System.Globalization;

namespace KestraGitHub.Api;

/// <summary>Which page of a list is asked for.</summary>
internal readonly record struct PageWish(int Limit, string? Cursor)
{
    public const int Default = 50;
    public const int Most = 500;

    /// <summary>Null and a sentence when the numbers are none.</summary>
    public static PageWish? Parse(string? limit, string? cursor, out string? fault)
    {
        fault = null;
        var count = Default;
        if (!string.IsNullOrEmpty(limit)
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > Most))
            fault = $"limit must be a whole number from 1 to {Most}.";
        return fault is null ? new(count, string.IsNullOrEmpty(cursor) ? null : cursor) : null;
    }
}

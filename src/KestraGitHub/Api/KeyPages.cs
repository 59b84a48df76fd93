using System.Buffers.Text;
using System.Text;
using KestraGitHub.Storage;

namespace KestraGitHub.Api;

/// <summary>Pages of a list that is held whole: by what names each item, so that one that comes or goes moves none of the others.</summary>
internal static class KeyPages
{
    // So that a cursor of another list is known for what it is.
    private const string Mark = "after:";

    /// <summary>Null when the cursor is none of ours.</summary>
    /// <param name="limit">Null: no pages, all of them as they come.</param>
    /// <param name="cursor">Of the page before, or null.</param>
    public static Page<T>? Of<T>(IReadOnlyList<T> items, Func<T, string> name, int? limit, string? cursor)
    {
        if (limit is null && cursor is null) return new(items, null);
        string? after = null;
        if (cursor is not null && (after = NameIn(cursor)) is null) return null;
        var rest = items.OrderBy(name, StringComparer.Ordinal).Where(i => after is null || string.CompareOrdinal(name(i), after) > 0).ToList();
        if (limit is not { } count || rest.Count <= count) return new(rest, null);
        return new(rest[..count], Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Mark + name(rest[count - 1]))));
    }

    private static string? NameIn(string cursor)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            return text.StartsWith(Mark, StringComparison.Ordinal) ? text[Mark.Length..] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

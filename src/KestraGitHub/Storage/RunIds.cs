using System.Globalization;

namespace KestraGitHub.Storage;

/// <summary>Ids whose order as text is the order in which they were made, also within one millisecond and when the clock steps back.</summary>
internal sealed class RunIds
{
    private const int CounterLimit = 0x1000;
    private readonly Lock _gate = new();
    private long _millisecond;
    private int _counter;

    public string Next(DateTimeOffset now)
    {
        long millisecond;
        int counter;
        lock (_gate)
        {
            var wanted = now.ToUnixTimeMilliseconds();
            if (wanted > _millisecond) (_millisecond, _counter) = (wanted, 0);
            else if (++_counter == CounterLimit) (_millisecond, _counter) = (_millisecond + 1, 0);
            (millisecond, counter) = (_millisecond, _counter);
        }

        // The form of a guid of version 7, whose twelve bits behind the version are a counter here: it orders what one millisecond brings. Random's own numbers do,
        // as an id is no secret, and the system's would be a call of the kernel for each row.
        var low = (Random.Shared.NextInt64() & 0x3FFF_FFFF_FFFF_FFFF) | long.MinValue;
        return string.Create(CultureInfo.InvariantCulture, $"{millisecond:x12}7{counter:x3}{low:x16}");
    }

    /// <summary>Lower than every id made at <paramref name="at"/> or later, higher than every earlier one.</summary>
    public static string Floor(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, at.ToUnixTimeMilliseconds()):x12}") + new string('0', 20);

    /// <exception cref="ArgumentException">The cursor of a page is none of ours.</exception>
    public static string Cursor(string? cursor)
    {
        if (cursor is null) return "g";
        return cursor.Length == 32 && cursor.All(char.IsAsciiHexDigitLower)
            ? cursor
            : throw new ArgumentException("The cursor is not one that this service gave out.", nameof(cursor));
    }
}

using System.Globalization;

namespace KestraGitHub.Definitions;

/// <summary>One field of a unix cron: what it allows, and the values that a text in it stands for.</summary>
internal sealed record CronField(string Name, int Min, int Max, IReadOnlyList<string> Words, bool Wraps = false)
{
    public static CronField Second { get; } = new("second", 0, 59, []);

    public static CronField Minute { get; } = new("minute", 0, 59, []);

    public static CronField Hour { get; } = new("hour", 0, 23, []);

    public static CronField Day { get; } = new("day of month", 1, 31, []);

    public static CronField Month { get; } = new("month", 1, 12,
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);

    /// <summary>0 and 7 are both Sunday, and a range may run over the week's end.</summary>
    public static CronField Weekday { get; } = new("day of week", 0, 6, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], Wraps: true);

    public SortedSet<int> Read(string text)
    {
        var values = new SortedSet<int>();
        foreach (var part in text.Split(',')) ReadPart(part, values);
        return values;
    }

    private void ReadPart(string part, SortedSet<int> values)
    {
        var pieces = part.Split('/');
        if (pieces.Length > 2 || part.Length == 0) throw Fail(part);
        var step = pieces.Length == 2 ? Number(pieces[1], part) : 1;
        if (step < 1) throw Fail(part);
        var (from, to) = Bounds(pieces[0], pieces.Length == 2, part);
        for (var i = from; i <= to; i += step) values.Add(Wraps ? i % 7 : i);
    }

    private (int From, int To) Bounds(string range, bool stepped, string part)
    {
        if (range == "*") return (Min, Max);
        var ends = range.Split('-');
        var from = Value(ends[0], part);
        if (ends.Length == 1) return (from, stepped ? Math.Max(from, Max) : from);
        if (ends.Length > 2) throw Fail(part);
        var to = Value(ends[1], part);
        if (from > to && !Wraps) throw Fail(part);
        return (from, from > to ? to + 7 : to);
    }

    private int Value(string text, string part)
    {
        for (var i = 0; i < Words.Count; i++)
            if (string.Equals(Words[i], text, StringComparison.OrdinalIgnoreCase)) return Min + i;
        var value = Number(text, part);
        return value >= Min && value <= (Wraps ? 7 : Max) ? value : throw Fail(part);
    }

    private int Number(string text, string part) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 1000 ? value : throw Fail(part);

    private FormatException Fail(string part) => new($"`{part}` is no {Name} of a unix cron.");
}

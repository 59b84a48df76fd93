namespace KestraGitHub.Definitions;

/// <summary>One turn of a loop.</summary>
/// <param name="Outer">The turn of the loop around this one.</param>
/// <param name="Loop">Id of the loop's task.</param>
/// <param name="Value">As text.</param>
/// <param name="Json">The same with its type.</param>
/// <param name="Key">Where the values are a map.</param>
public sealed record LoopFrame(LoopFrame? Outer, string Loop, string Value, string Json, int Index, string? Key);

/// <summary>Where a task stands among loops.</summary>
/// <param name="Frame">The turn of the nearest loop, or null.</param>
/// <param name="IsDirect">True for a task that stands directly in that loop.</param>
/// <param name="IsUnknown">True while a definition is loaded, inside a loop whose values a run will know.</param>
public sealed record LoopPlace(LoopFrame? Frame, bool IsDirect, bool IsUnknown)
{
    private const int MaxShown = 100;

    public static LoopPlace None { get; } = new(null, false, false);

    /// <summary>From the outermost in.</summary>
    public IReadOnlyList<LoopFrame> Frames
    {
        get
        {
            var frames = new List<LoopFrame>();
            for (var frame = Frame; frame is not null; frame = frame.Outer) frames.Insert(0, frame);
            return frames;
        }
    }

    public LoopPlace Within(LoopFrame turn) => new(turn, true, IsUnknown);

    /// <summary>Inside something that is no loop.</summary>
    public LoopPlace Deeper => this with { IsDirect = false };

    /// <summary>
    /// The identity of a task here: its id and the value of every loop around it, <c>flows[company.team]</c>. Its inventory is kept by it, so that each turn
    /// owns what it applied, in whatever order the values stand.
    /// </summary>
    public string Name(string task) => NameOf(task, Frames.Select(f => f.Key ?? f.Value));

    internal static string NameOf(string task, IEnumerable<string> values) => task + string.Concat(values.Select(v => $"[{Shown(v)}]"));

    /// <summary>The turn that an expression speaks of. The parents of a task are those around it that have a value: in a loop that is the loop's task itself.</summary>
    internal LoopFrame? Find(Expression.LoopItem item)
    {
        var up = item.Parent is not { } parent ? 0 : item.OfItem || IsDirect ? parent + 1 : parent;
        var frame = Frame;
        for (; up > 0 && frame is not null; up--) frame = frame.Outer;
        return frame;
    }

    // A value may be a whole document; then its beginning is shown, and its digest tells it from others.
    private static string Shown(string value)
    {
        if (value.Length <= MaxShown && !value.Any(char.IsControl)) return value;
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(value)))[..8];
        return string.Concat(value.Take(40).Select(c => char.IsControl(c) ? ' ' : c)) + "…" + digest;
    }
}

using System.Text;
using System.Text.Unicode;
using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>One text of an object.</summary>
/// <param name="Title">Whose it is, and of when.</param>
/// <param name="Text">Null where there is none.</param>
/// <param name="Missing">Why there is none; null where there is one.</param>
public sealed record ChangeSide(string Title, string? Text, string? Missing = null)
{
    /// <summary>The object is not there, which is known for certain.</summary>
    public bool Absent { get; private init; }

    /// <summary>How many bytes it has, where they are no text.</summary>
    public long? Binary { get; private init; }

    public static ChangeSide NotThere(string title, string words = "It is not there.") => new(title, null, words) { Absent = true };

    public static ChangeSide Of(string title, ReadOnlySpan<byte> content) =>
        content.Contains((byte)0) || !Utf8.IsValid(content) ? new(title, null, "It is no text.") { Binary = content.Length } : new(title, Encoding.UTF8.GetString(content));
}

/// <summary>What one side of a flow did, in its parts.</summary>
/// <param name="Title">Whose move it is.</param>
/// <param name="Note">Said where no part differs, or nothing can be told.</param>
public sealed record ChangeMove(string Title, IReadOnlyList<PartChange> Parts, IReadOnlyList<ScheduleMove> Schedules, string? Note = null);

/// <summary>The texts of one object that a run changed, would change, or left alone.</summary>
/// <param name="Sides">Two for what was written: before and after. Three for what was not: what was applied last, Git, and Kestra as it is now.</param>
/// <param name="Moves">Of a flow: one, or of a conflict one for each side.</param>
public sealed record ChangeSides(IReadOnlyList<ChangeSide> Sides, bool IsFlow, IReadOnlyList<ChangeMove> Moves);

using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>One text of an object.</summary>
/// <param name="Title">Whose it is, and of when.</param>
/// <param name="Text">Null where there is none.</param>
/// <param name="Missing">Why there is none; null where there is one.</param>
public sealed record ChangeSide(string Title, string? Text, string? Missing = null);

/// <summary>The texts of one object that a run changed, would change, or left alone.</summary>
/// <param name="Sides">Two for what was written: before and after. Three for what was not: what was applied last, Git, and Kestra as it is now.</param>
/// <param name="Parts">Between the first and what the run wants, of a flow.</param>
public sealed record ChangeSides(IReadOnlyList<ChangeSide> Sides, bool IsFlow, IReadOnlyList<PartChange> Parts, IReadOnlyList<ScheduleMove> Schedules);

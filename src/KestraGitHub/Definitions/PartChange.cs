namespace KestraGitHub.Definitions;

/// <summary>How one part of a flow differs between two texts of it, by the ids of what it holds.</summary>
/// <param name="Part"><c>tasks</c>, <c>triggers</c> or <c>inputs</c>.</param>
public sealed record PartChange(string Part, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed);

/// <summary>A schedule that is not the same in two texts of a flow.</summary>
/// <param name="Before">Its cron then; null for a new one.</param>
/// <param name="After">Its cron now; null for one that is gone.</param>
/// <param name="TimesBefore">The next times of the old one; empty where it is disabled, or they cannot be told.</param>
public sealed record ScheduleMove(string Id, string? Before, string? After, IReadOnlyList<DateTimeOffset> TimesBefore, IReadOnlyList<DateTimeOffset> TimesAfter);

namespace KestraGitHub.GitHub;

/// <summary>What is said of a commit: one line as a status, all of it as a check run.</summary>
/// <param name="State"><c>pending</c>, <c>success</c>, <c>failure</c> or <c>error</c> (given up; as a check: neutral).</param>
/// <param name="Description">At most <see cref="LongestDescription"/> characters.</param>
/// <param name="Url">The page that tells more; null where its address is not known.</param>
/// <param name="Summary">Markdown.</param>
/// <param name="Run">By which a check run is found again.</param>
public sealed record CommitReport(
    string State, string Description, string? Url, string Summary, IReadOnlyList<Annotation> Annotations, string Run, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    public const int LongestDescription = 140;

    /// <summary>GitHub takes 65,535 of a summary.</summary>
    public const int LongestSummary = 60_000;
}

/// <param name="Level"><c>failure</c> or <c>warning</c>.</param>
public sealed record Annotation(string Path, long Line, string Level, string Title, string Message);

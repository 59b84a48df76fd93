namespace KestraGitHub.Api;

/// <summary>What health asks of the rest of the service, without knowing it.</summary>
/// <param name="Kestra">How many servers there are to write to, and how many of them did not answer last time.</param>
public sealed record HealthFacts(Func<(int Targets, int Unreachable)> Kestra)
{
    /// <summary>How it stands with definitions that come from Git: <c>current</c>, <c>refused</c> or <c>unreachable</c>; null where they do not.</summary>
    public Func<string?> Definitions { get; init; } = () => null;

    public static HealthFacts None { get; } = new(() => (0, 0));
}

public sealed record LiveAnswer(string Status);

/// <summary>Counts only: this page is open.</summary>
/// <param name="DefinitionsFromGit">Null where a folder is read; <c>refused</c>: a newer commit has faults, and the one before is in force.</param>
public sealed record ReadyAnswer(string Status, DefinitionCounts Definitions, KestraCounts Kestra, QueueCounts? Queue, string? DefinitionsFromGit = null);

public sealed record DefinitionCounts(int Loaded, int Broken);

public sealed record KestraCounts(int Targets, int Unreachable);

/// <param name="Syncs">How many have a run to do.</param>
/// <param name="Overdue">How many of them should have begun before now.</param>
public sealed record QueueCounts(int Syncs, int Overdue);

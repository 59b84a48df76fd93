using System.Text.Json.Serialization;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Api;

/// <summary>A sync as the API tells it.</summary>
/// <param name="File">Relative to the folder of definitions.</param>
/// <param name="WebhookPath">Where GitHub sends its calls; the last part is the key, which only the definition knows.</param>
/// <param name="Note">Set while Kestra is still busy with what a run of this sync wrote.</param>
/// <param name="Faults">What is wrong with the file now. An earlier version of it may still be in force.</param>
public sealed record SyncAnswer(
    string Tenant, string Namespace, string Flow, string File, string? Description, bool Disabled, SyncStanding State,
    IReadOnlyList<TaskAnswer> Tasks, IReadOnlyList<TriggerAnswer> Triggers, string? WebhookPath, RunAnswer? LastRun, RunAnswer? CurrentRun,
    DateTimeOffset? NextFire, IReadOnlyList<Fault> Faults, IReadOnlyList<Fault> Warnings, DigestNote? Note)
{
    /// <summary>There while the sync, or every sync, is suspended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Pause? Pause { get; init; }

    /// <summary>There while a commit is held since a rollback.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HoldAnswer? Hold { get; init; }

    /// <summary>There while the same commit failed for good and is not tried again by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuarantineAnswer? Quarantine { get; init; }

    /// <summary>There while tasks of the sync have pull requests of their own; not in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProposalView>? Proposals { get; init; }

    /// <param name="start">The path that callers write before all of ours.</param>
    public static SyncAnswer From(SyncView view, string start)
    {
        var (key, definition) = (view.Key, view.Entry.Definition);
        return new(
            key.Tenant, key.Namespace, key.Flow, view.Entry.File, definition?.Description, definition?.Disabled ?? false, view.Standing,
            [.. (definition?.Tasks ?? []).Select(t => new TaskAnswer(t.Id, t.Type, t.Standing))],
            definition is null ? [] : TriggerAnswer.AllOf(definition),
            definition is { Webhooks.Count: > 0 } ? $"{start}/webhook/{Part(key.Tenant)}/{Part(key.Namespace)}/{Part(key.Flow)}/{{key}}" : null,
            view.Last is { } last ? RunAnswer.From(last) : null, view.Current is { } current ? RunAnswer.From(current) : null, view.NextFire,
            view.Entry.Faults, definition?.Warnings ?? [], view.Note)
        {
            Drift = DriftAnswer.From(view.Drift),
            Proposals = view.Proposals.Count > 0 ? view.Proposals : null,
            Pause = view.Pause,
            Hold = view.Hold is { } hold ? new(hold.Commit, hold.Since, hold.By, hold.Reason) : null,
            Quarantine = view.Quarantine is { } failed ? new(failed.Commit, failed.At, failed.Reason, failed.RunId) : null,
        };
    }

    /// <summary>What Kestra holds otherwise than it was applied, apart from how the last run went.</summary>
    public required DriftAnswer Drift { get; init; }

    private static string Part(string text) => Uri.EscapeDataString(text);
}

/// <param name="Commit">What is not applied by itself; null until the run that rolls back has asked Git.</param>
/// <param name="By">Who rolled back.</param>
public sealed record HoldAnswer(string? Commit, DateTimeOffset Since, string? By, string Reason);

/// <param name="Reason">What it failed with.</param>
/// <param name="Run">The run that failed.</param>
public sealed record QuarantineAnswer(string Commit, DateTimeOffset At, string Reason, string Run);

public sealed record TaskAnswer(string Id, string Type, TaskStanding Standing);

/// <summary>A trigger, never with its key.</summary>
/// <param name="Type"><c>webhook</c> or <c>schedule</c>.</param>
public sealed record TriggerAnswer(string Id, string Type, string? Cron, string? Timezone, bool Disabled)
{
    internal static IReadOnlyList<TriggerAnswer> AllOf(Definition definition) =>
    [
        .. definition.Webhooks.Select(w => new TriggerAnswer(w.Id, "webhook", null, null, w.Disabled)),
        .. definition.Schedules.Select(s => new TriggerAnswer(s.Id, "schedule", s.Cron, s.TimeZone, s.Disabled)),
    ];
}

/// <param name="Since">Of what has drifted longest.</param>
/// <param name="CheckedAt">When it was looked at last, between runs or by one.</param>
/// <param name="Error">Why the last look failed.</param>
public sealed record DriftAnswer(DateTimeOffset? Since, DateTimeOffset? CheckedAt, string? Error, IReadOnlyList<DriftRow> Objects)
{
    public static DriftAnswer From(DriftView drift) => new(drift.Since, drift.CheckedAt, drift.Error, drift.Objects);
}

using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <param name="Refusal">Why there is no run, as a whole sentence; null where there is one.</param>
internal sealed record ReplayAsked(RunRow? Run, string? Refusal);

/// <summary>Does with a stored delivery what would be done with it if it came now: the definition of now decides, and a run is a new one.</summary>
internal sealed class ReplayDesk(DefinitionFolder definitions, RunStore runs, IJobScheduler scheduler)
{
    /// <param name="by">Who asks for it.</param>
    public async Task<ReplayAsked> ReplayAsync(DeliveryRow delivery, string? by, CancellationToken ct)
    {
        if (Refusal(delivery) is { } refusal) return new(null, refusal);
        // What the payload gave to expressions lies with the run that it led to.
        var before = delivery.RunId is { } id ? await runs.GetAsync(id, ct) : null;
        var trigger = new RunTrigger("replay", delivery.TriggerId, by, delivery.DeliveryId, delivery.Ref, delivery.After);
        var request = new RunRequest(delivery.Sync, trigger, DryRun: false, null, TimeSpan.Zero, before?.Payload ?? new Dictionary<string, string>());
        var run = await runs.EnqueueAsync(request, merge: false, ct);
        await scheduler.WakeAsync(delivery.Sync, TimeSpan.Zero, ct);
        return new(run, null);
    }

    /// <summary>Null when it may be replayed.</summary>
    public string? Refusal(DeliveryRow delivery)
    {
        if (definitions.Catalog.Find(delivery.Sync)?.Definition is not { } definition) return "No definition of that name is in force: there is nothing that could run.";
        if (definition.Disabled) return "The sync is disabled. Remove `disabled: true` from its file first.";
        if (delivery.Event != "push" || delivery.Ref is null) return "Only a push to a branch starts a run of a sync.";
        if (delivery.TriggerId is { } trigger && definition.Webhooks.FirstOrDefault(w => w.Id == trigger) is not { Disabled: false })
            return $"Its trigger {trigger} is gone from the definition, or disabled.";
        var (watched, reason) = WatchedRefs.Matches(definition, delivery.Ref);
        return watched ? null : $"It would be ignored again: {reason}.";
    }
}

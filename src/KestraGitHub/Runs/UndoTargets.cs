using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// How to reach the servers that a journal names. A journal holds no credential: it is that of the definition as it is now, or of the service's own
/// configuration.
/// </summary>
internal sealed class UndoTargets(DefinitionFolder definitions, DefinitionEnvironment environment, KvReader kv, TimeProvider time)
{
    /// <exception cref="PermanentFailureException">Neither knows the server.</exception>
    public async Task<KestraTarget> FindAsync(RunRow run, TargetAddress address, RunLog log, CancellationToken ct)
    {
        var known = environment.Targets.Values.Concat((await TasksAsync(run, log, ct)).Select(t => t.Kestra)).Where(t => StageJournal.AddressOf(t) == address).ToList();
        // The task's own credential before the service's: it is the one that wrote.
        return known.Count > 0 ? known[^1] : throw new PermanentFailureException(
            $"{address.Server} (tenant {address.Tenant}) is no server that the definition {run.Sync} or the configuration names now. Name it in Kestra:Targets.");
    }

    /// <summary>The task that pushes to a branch.</summary>
    /// <exception cref="PermanentFailureException">None does now.</exception>
    public async Task<SyncTask> FindPushAsync(RunRow run, TargetAddress address, RunLog log, CancellationToken ct) =>
        (await TasksAsync(run, log, ct)).FirstOrDefault(t => t.Push is not null && StageJournal.AddressOf(t) == address)
        ?? throw new PermanentFailureException($"No task of {run.Sync} pushes to {address} now. Revert the commit in Git.");

    private async Task<IReadOnlyList<SyncTask>> TasksAsync(RunRow run, RunLog log, CancellationToken ct)
    {
        if (definitions.Catalog.Find(run.Sync)?.Definition is not { } definition) return [];
        var known = new RenderContext(environment, run.Payload) { TriggerId = run.Trigger.Id, Run = new RunFacts(run.Id, run.StartedAt ?? run.CreatedAt, time.GetUtcNow()) };
        try
        {
            while (true)
            {
                var expansion = FlowExpander.Expand(definition, known);
                if (expansion.Needs.Count == 0) return [.. expansion.Steps.OfType<FlowStep.Run>().SelectMany(s => s.Task.Other is { } other ? new[] { s.Task, other } : [s.Task])];
                var held = new Dictionary<KvName, string?>(known.Kv);
                foreach (var name in expansion.Needs) held[name] = await kv.ReadAsync(definition, known, name, log, ct);
                known = known with { Kv = held };
            }
        }
        catch (Exception e) when (e is RenderException or KestraException)
        {
            return []; // what the configuration names is left
        }
    }
}

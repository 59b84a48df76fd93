using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>A definition's tasks between runs, as far as they are known then.</summary>
internal sealed class KnownTasks(DefinitionEnvironment environment, KvReader kv, TimeProvider time)
{
    /// <summary>As the last run had them. What waits for another task's outputs is missing.</summary>
    /// <exception cref="RenderException">A value cannot be rendered.</exception>
    /// <exception cref="KestraException">What Kestra keeps cannot be read.</exception>
    public async Task<IReadOnlyList<FlowStep>> OfAsync(Definition definition, RunRow? last, CancellationToken ct)
    {
        var known = new RenderContext(environment, last?.Payload ?? new Dictionary<string, string>())
        {
            TriggerId = last?.Trigger.Id, Run = new RunFacts(last?.Id ?? "", last?.StartedAt ?? time.GetUtcNow(), time.GetUtcNow()),
        };
        while (true)
        {
            var expansion = FlowExpander.Expand(definition, known);
            if (expansion.Needs.Count == 0) return expansion.Steps;
            var held = new Dictionary<KvName, string?>(known.Kv);
            foreach (var name in expansion.Needs) held[name] = await kv.ReadAsync(definition, known, name, null, ct);
            known = known with { Kv = held };
        }
    }
}

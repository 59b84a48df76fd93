using System.Text;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>What stands against writing flows: first what the server itself would overlook, then what its validation says.</summary>
internal sealed class FlowChecks(KestraServer server, Scope scope, int batch)
{
    /// <summary>Below the megabyte that many a proxy lets pass, unless one flow alone is larger.</summary>
    private const int LargestBatch = 900 * 1024;

    // 1.3 refuses them; 2.0 takes them (kestra-api.md 11.3).
    private static readonly HashSet<string> ReservedIds = new(StringComparer.Ordinal)
    {
        "pause", "resume", "force-run", "change-status", "kill", "executions", "search", "source", "disable", "enable",
    };

    public async Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct)
    {
        var objections = new List<Objection>();
        var waiting = new List<(ResourceKey Key, ReadOnlyMemory<byte> Source)>();
        var size = 0;
        var seen = new HashSet<ResourceKey>();
        foreach (var change in plan.Writes)
        {
            if (!seen.Add(change.Key)) objections.Add(new Objection(change.Key, "it stands twice in the plan"));
            else if (!scope.Contains(change.Key)) objections.Add(new Objection(change.Key, $"it lies outside of {scope.Place}"));
            else if (change.Action != ChangeAction.Deleted)
            {
                var content = await Content.OfAsync(change.Desired!, source, ct);
                if (Overlooked(change.Key, content) is { } reason)
                {
                    objections.Add(new Objection(change.Key, reason));
                    continue;
                }

                if (waiting.Count == batch || (waiting.Count > 0 && size + content.Length > LargestBatch)) await ValidateAsync();
                waiting.Add((change.Key, content));
                size += content.Length;
            }
        }

        if (waiting.Count > 0) await ValidateAsync();
        return objections;

        async Task ValidateAsync()
        {
            var reasons = await server.Client.ValidateFlowsAsync([.. waiting.Select(w => w.Source)], ct);
            objections.AddRange(waiting.Zip(reasons).Where(p => p.Second is not null).Select(p => new Objection(p.First.Key, p.Second!)));
            waiting.Clear();
            size = 0;
        }
    }

    private string? Overlooked(ResourceKey key, ReadOnlyMemory<byte> content)
    {
        var identity = FlowIdentity.Of(Encoding.UTF8.GetString(content.Span));
        if (identity.Problem is { } problem) return problem;
        if (identity.Id != key.Id || identity.Namespace != key.Namespace)
            return $"its source says {KestraText.OneLine($"{identity.Namespace}/{identity.Id}", 260)}, and Kestra goes by the source";
        if (identity.Peculiarity is { } peculiarity) return peculiarity;
        return ReservedIds.Contains(key.Id) && !server.Version.AtLeast(2, 0) ? $"'{key.Id}' is a reserved id on Kestra {server.Version}" : null;
    }
}

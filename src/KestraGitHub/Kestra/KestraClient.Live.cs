using System.Globalization;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

// What is going on on the server right now, and what hangs together there (kestra-api.md 11.7).
internal sealed partial class KestraClient
{
    /// <summary>States of an execution that has not ended.</summary>
    private const string Unended = "CREATED,RUNNING,PAUSED,QUEUED,RESTARTED,KILLING";

    private const int ExecutionsOfPage = 500;
    private const int MostPages = 20;

    /// <summary>How many executions of each flow of a namespace have not ended; flows without any are left out.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountRunningAsync(string ns, CancellationToken ct)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var page = 1; page <= MostPages; page++)
        {
            var query = string.Create(CultureInfo.InvariantCulture,
                $"page={page}&size={ExecutionsOfPage}&filters%5Bnamespace%5D%5BEQUALS%5D={Uri.EscapeDataString(ns)}&filters%5Bstate%5D%5BIN%5D={Uri.EscapeDataString(Unended)}");
            var request = Get($"{_tenant}/executions/search", query);
            var found = await http.ReadAsync(request, a => a.ReadJsonAsync<ExecutionPage>(), ct);
            if (found.Results is not { } rows) throw Fault(KestraFailureKind.Unreadable, request, "the answer has no results");
            foreach (var row in rows.Where(r => r.Namespace == ns && r.FlowId is not null)) counts[row.FlowId!] = counts.GetValueOrDefault(row.FlowId!) + 1;
            if (rows.Count < ExecutionsOfPage) break;
        }

        return counts;
    }

    /// <summary>Who calls whom as a sub-flow, as far as a flow of <paramref name="ns"/> is one of the two.</summary>
    public async Task<IReadOnlyList<(ResourceKey Caller, ResourceKey Called)>> CallsOfAsync(string ns, CancellationToken ct)
    {
        var found = await http.ReadAsync(Get($"{_tenant}/namespaces/{Uri.EscapeDataString(ns)}/dependencies", ""), a => a.ReadJsonAsync<DependencyGraph>(), ct);
        return CallsOf(found);
    }

    /// <summary>The same for one flow.</summary>
    public async Task<IReadOnlyList<(ResourceKey Caller, ResourceKey Called)>> CallsOfAsync(ResourceKey flow, CancellationToken ct) =>
        CallsOf(await http.ReadAsync(Get(Flow(flow) + "/dependencies", ""), a => a.ReadJsonAsync<DependencyGraph>(), ct));

    private static List<(ResourceKey, ResourceKey)> CallsOf(DependencyGraph graph)
    {
        var keys = (graph.Nodes ?? []).Where(n => n is { Uid: not null, Namespace: not null, Id: not null })
            .DistinctBy(n => n.Uid).ToDictionary(n => n.Uid!, n => new ResourceKey(ResourceKind.Flow, n.Namespace!, n.Id!));
        return [.. (graph.Edges ?? []).Where(e => e.Relation == "FLOW_TASK" && keys.ContainsKey(e.Source ?? "") && keys.ContainsKey(e.Target ?? ""))
            .Select(e => (keys[e.Source!], keys[e.Target!]))];
    }

    private sealed record ExecutionPage(IReadOnlyList<ExecutionRow>? Results);

    private sealed record ExecutionRow(string? Namespace, string? FlowId);

    private sealed record DependencyGraph(IReadOnlyList<DependencyNode>? Nodes, IReadOnlyList<DependencyEdge>? Edges);

    private sealed record DependencyNode(string? Uid, string? Namespace, string? Id);

    private sealed record DependencyEdge(string? Source, string? Target, string? Relation);
}

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>
/// On the enterprise edition a namespace is an object of its own, and what is written into one that is not there is not shown (plugin-git.md, 5.0): it is
/// made first. The open-source edition has no such objects (kestra-api.md, section 6).
/// </summary>
internal static class NewNamespaces
{
    public static async Task MakeAsync(KestraServer server, SyncPlan plan, IApplyGuard guard, CancellationToken ct)
    {
        if (server.Edition != KestraEdition.Enterprise) return;
        var wanted = plan.Writes.Where(c => c.Action == ChangeAction.Added && c.Key.Namespace.Length > 0).Select(c => c.Key.Namespace).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0) return;
        wanted.ExceptWith(await server.Client.ListNamespacesAsync(ct));
        foreach (var name in wanted.Order(StringComparer.Ordinal))
        {
            try
            {
                await server.Client.CreateNamespaceAsync(name, guard, ct);
            }
            catch (KestraException e) when (e.Status is >= 400 and < 500)
            {
                // Made by somebody meanwhile, or nothing that these credentials may do: the writes themselves say what of it matters.
            }
        }
    }
}

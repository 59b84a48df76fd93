using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Where one object of a sync stands; the worse come later.</summary>
public enum ObjectState { Ignored, InSync, Unmanaged, ChangedInGit, ChangedInKestra, Conflict, Invalid }

/// <summary>A folder or an object of the tree.</summary>
/// <param name="Name">The last part of its path.</param>
/// <param name="State">Of a folder the worst of what is in it.</param>
public sealed record ObjectNode(string Name, string? Kind, ObjectState State, string? Note, IReadOnlyList<ObjectNode> Children)
{
    public bool IsFolder => Kind is null;

    public int Objects => IsFolder ? Children.Sum(c => c.Objects) : 1;
}

/// <summary>What is known of one object.</summary>
/// <param name="Path">In Git; empty where it has none there.</param>
public sealed record KnownObject(string Kind, string Namespace, string Id, string Path, ObjectState State, string? Note);

/// <summary>Lays what is known of a sync's objects out as Git has them; what is only in Kestra stands below its namespace.</summary>
internal static class ObjectTree
{
    /// <param name="owned">Of the inventory.</param>
    /// <param name="rows">Of the newest run that has any: what it could not, or would.</param>
    /// <param name="planned">True where the rows are still to be written.</param>
    public static IReadOnlyList<KnownObject> Known(
        IEnumerable<(string Task, InventoryEntry Entry)> owned, IEnumerable<DriftRow> drifted, IEnumerable<ChangeRow> rows, bool planned)
    {
        var known = new Dictionary<(string, string, string), KnownObject>();
        foreach (var (_, entry) in owned)
            Put(entry.Key.Kind.Word(), entry.Key.Namespace, entry.Key.Id, entry.Path, entry.Owned ? ObjectState.InSync : ObjectState.Unmanaged, entry.Owned ? null : "in Kestra, and not this sync's");
        foreach (var row in rows)
            if (StateOf(row.Action, planned) is { } state) Put(row.Kind, row.Namespace, row.Id, row.Path ?? "", state, row.Reason);
        foreach (var drift in drifted) Put(drift.Kind, drift.Namespace, drift.Id, "", ObjectState.ChangedInKestra, drift.What + " in Kestra");
        return [.. known.Values];

        void Put(string kind, string space, string id, string path, ObjectState state, string? note)
        {
            var key = (kind, space, id);
            var before = known.GetValueOrDefault(key);
            if (before is not null && before.State > state) return;
            known[key] = new(kind, space, id, path.Length > 0 ? path : before?.Path ?? "", state, note);
        }
    }

    public static IReadOnlyList<ObjectNode> Of(IEnumerable<KnownObject> objects) =>
        Level([.. objects.Select(o => (Parts: (o.Path.Length > 0 ? o.Path : $"only in Kestra/{o.Namespace}/{o.Id}").Split('/', StringSplitOptions.RemoveEmptyEntries), Of: o))], 0);

    private static List<ObjectNode> Level(List<(string[] Parts, KnownObject Of)> objects, int depth)
    {
        var nodes = new List<ObjectNode>();
        foreach (var group in objects.Where(o => o.Parts.Length > depth + 1).GroupBy(o => o.Parts[depth], StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var children = Level([.. group], depth + 1);
            nodes.Add(new(group.Key, null, children.Max(c => c.State), null, children));
        }

        nodes.AddRange(objects.Where(o => o.Parts.Length == depth + 1).OrderBy(o => o.Parts[depth], StringComparer.Ordinal).Select(o => new ObjectNode(o.Parts[depth], o.Of.Kind, o.Of.State, o.Of.Note, [])));
        return nodes;
    }

    private static ObjectState? StateOf(string action, bool planned) => action switch
    {
        "conflict" => ObjectState.Conflict,
        "invalid" or "failed" => ObjectState.Invalid,
        "ignored" => ObjectState.Ignored,
        "kept" => ObjectState.Unmanaged,
        "added" or "updated" or "deleted" when planned => ObjectState.ChangedInGit,
        _ => null,
    };
}

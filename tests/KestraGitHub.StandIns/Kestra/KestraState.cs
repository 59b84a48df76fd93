using System.Text;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra;

/// <summary>A flow as it is stored.</summary>
public sealed record StoredFlow(string Namespace, string Id, int Revision, string Source, bool Disabled, bool Draft, DateTime? Updated);

internal sealed class Dashboard
{
    public required string Id { get; init; }

    public required string Source { get; init; }

    public required YamlMap Root { get; init; }

    public required DateTime Created { get; init; }

    public required DateTime Updated { get; init; }
}

internal sealed record Execution(string Id, FlowRevision Flow, IReadOnlyList<(string Key, string Value)> Labels, DateTime Started, string Url)
{
    public required string State { get; set; }
}

internal sealed record KvEntry(JsonNode? Value, string Type, int Revision, string? Description, DateTime Created, DateTime Updated, DateTime? Expires);

internal sealed class Tenant(KestraStandInOptions options, FlowValidator validator)
{
    public FlowStore Flows { get; } = new(options, validator);

    public FileStore Files { get; } = new(options.IsV2);

    public Dictionary<string, Dashboard> Dashboards { get; } = new(StringComparer.Ordinal);

    /// <summary>By uid.</summary>
    public Dictionary<string, EnterpriseObject> Apps { get; } = new(StringComparer.Ordinal);

    public Dictionary<(string Namespace, string Id), EnterpriseObject> UnitTests { get; } = [];

    public Dictionary<(string Namespace, string Key), KvEntry> Kv { get; } = [];

    /// <summary>Revisions go on after a deletion.</summary>
    public Dictionary<(string Namespace, string Key), int> KvRevisions { get; } = [];

    public List<Execution> Executions { get; } = [];

    /// <summary>EE only: namespaces that were made, not merely used.</summary>
    public Dictionary<string, JsonObject> Namespaces { get; } = new(StringComparer.Ordinal);
}

/// <summary>What the stand-in holds, for tests that look or prepare without HTTP. Safe beside running calls.</summary>
public sealed class KestraState
{
    private readonly Dictionary<string, Tenant> tenants = new(StringComparer.Ordinal);
    private readonly KestraStandInOptions options;

    internal KestraState(KestraStandInOptions options) => (this.options, Validator) = (options, new FlowValidator(options));

    internal Lock Gate { get; } = new();

    internal FlowValidator Validator { get; }

    internal Tenant this[string tenant] => tenants.TryGetValue(tenant, out var found) ? found : tenants[tenant] = new Tenant(options, Validator);

    public IReadOnlyList<StoredFlow> ListFlows(string tenant = "main") =>
        Locked(() => this[tenant].Flows.Living().Select(Public).OrderBy(f => f.Namespace, StringComparer.Ordinal).ThenBy(f => f.Id, StringComparer.Ordinal).ToList());

    public StoredFlow? GetFlow(string ns, string id, string tenant = "main") =>
        Locked(() => this[tenant].Flows.Find(ns, id) is { } found ? Public(found) : null);

    /// <summary>All revisions, the tombstones among them.</summary>
    public IReadOnlyList<StoredFlow> GetRevisions(string ns, string id, string tenant = "main") =>
        Locked(() => this[tenant].Flows.All(ns, id).Select(Public).ToList());

    /// <summary>Stores a source as it is, unchecked beyond syntax; id and namespace are those in the text.</summary>
    public StoredFlow PutFlow(string source, string tenant = "main") =>
        Locked(() => Public(this[tenant].Flows.Write(FlowText.Read(source, options.IsV2)).Flow));

    public bool DeleteFlow(string ns, string id, string tenant = "main") => Locked(() =>
    {
        if (this[tenant].Flows.Find(ns, id) is not { } found)
        {
            return false;
        }

        this[tenant].Flows.Delete(found);
        return true;
    });

    public IReadOnlyList<string> ListFiles(string ns, string tenant = "main") => Locked(() => this[tenant].Files.Files(ns).Select(f => f.Path).ToList());

    public byte[]? GetFile(string ns, string path, string tenant = "main") => Locked(() => this[tenant].Files.Content(ns, path));

    public string? GetFileText(string ns, string path, string tenant = "main") => GetFile(ns, path, tenant) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public int GetFileRevision(string ns, string path, string tenant = "main") => Locked(() => this[tenant].Files.Find(ns, path)?.Revision ?? 0);

    public void PutFile(string ns, string path, byte[] content, string tenant = "main") => Locked(() =>
    {
        this[tenant].Files.Put(ns, path, content);
        return 0;
    });

    public void PutFile(string ns, string path, string text, string tenant = "main") => PutFile(ns, path, Encoding.UTF8.GetBytes(text), tenant);

    public void DeleteFile(string ns, string path, string tenant = "main") => Locked(() =>
    {
        this[tenant].Files.Delete(ns, path);
        return 0;
    });

    /// <summary>Dashboards by id, with their sources.</summary>
    public IReadOnlyDictionary<string, string> ListDashboards(string tenant = "main") =>
        Locked(() => this[tenant].Dashboards.ToDictionary(d => d.Key, d => d.Value.Source));

    public void PutDashboard(string source, string tenant = "main") => Locked(() =>
    {
        var root = YamlReader.Read(source, refuseDuplicates: true) as YamlMap ?? throw new ArgumentException("a dashboard is a map", nameof(source));
        var id = root.Text("id") ?? throw new ArgumentException("a dashboard has an id", nameof(source));
        var now = DateTime.UtcNow;
        this[tenant].Dashboards[id] = new Dashboard { Id = id, Source = source, Root = root, Created = now, Updated = now };
        return 0;
    });

    /// <summary>Apps by <c>namespace/id</c>, with their sources.</summary>
    public IReadOnlyDictionary<string, string> ListApps(string tenant = "main") =>
        Locked(() => this[tenant].Apps.Values.ToDictionary(a => $"{a.Namespace}/{a.Id}", a => a.Source));

    public void PutApp(string source, string tenant = "main") => Locked(() =>
    {
        var app = EnterpriseObject.Read(source, ["id", "namespace"]);
        var uid = this[tenant].Apps.Values.FirstOrDefault(a => a.Namespace == app.Namespace && a.Id == app.Id)?.Uid ?? Guid.NewGuid().ToString("N")[..22];
        this[tenant].Apps[uid] = app with { Uid = uid };
        return 0;
    });

    /// <summary>Unit tests by <c>namespace/id</c>, with their sources.</summary>
    public IReadOnlyDictionary<string, string> ListUnitTests(string tenant = "main") =>
        Locked(() => this[tenant].UnitTests.Values.ToDictionary(t => $"{t.Namespace}/{t.Id}", t => t.Source));

    public void PutUnitTest(string source, string tenant = "main") => Locked(() =>
    {
        var test = EnterpriseObject.Read(source, ["id", "namespace"]);
        this[tenant].UnitTests[(test.Namespace, test.Id)] = test;
        return 0;
    });

    /// <summary>How many flow revisions were written, tombstones not counted.</summary>
    public int FlowWrites(string tenant = "main") => Locked(() => this[tenant].Flows.Writes);

    public int FlowDeletes(string tenant = "main") => Locked(() => this[tenant].Flows.Deletes);

    public int FileWrites(string tenant = "main") => Locked(() => this[tenant].Files.Writes);

    public int FileDeletes(string tenant = "main") => Locked(() => this[tenant].Files.Deletes);

    /// <summary>Forgets everything, revisions too.</summary>
    public void Reset() => Locked(() =>
    {
        tenants.Clear();
        return 0;
    });

    private static StoredFlow Public(FlowRevision f) => new(f.Namespace, f.Id, f.Revision, f.Source, f.Disabled, f.Draft, f.Updated);

    private T Locked<T>(Func<T> work)
    {
        lock (Gate)
        {
            return work();
        }
    }
}

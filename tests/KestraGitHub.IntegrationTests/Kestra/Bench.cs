using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Kestra;
using Microsoft.Extensions.Logging.Abstractions;

namespace KestraGitHub.IntegrationTests.Kestra;

/// <summary>A stand-in Kestra, the real client, and a source that holds what a test gives it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const string User = "admin@kestra.io";
    public const string Password = "Kestra1234";

    private Bench(KestraStandIn standIn, KestraOptions options)
    {
        StandIn = standIn;
        Servers = new KestraServers(options, TimeProvider.System, NullLogger<KestraServers>.Instance);
        Target = new KestraTarget(null, standIn.BaseUrl, "main", new KestraAuth(User, new Secret(Password), null));
    }

    public KestraStandIn StandIn { get; }

    public KestraServers Servers { get; }

    public KestraTarget Target { get; }

    public MemorySource Source { get; } = new();

    /// <param name="patient">True where calls are counted: on a busy machine one that takes long must not be asked twice.</param>
    public static async Task<Bench> StartAsync(
        string version, Func<KestraStandInOptions, KestraStandInOptions>? change = null, int writesAtOnce = 4, bool patient = false)
    {
        var options = new KestraStandInOptions { Version = version };
        return new Bench(
            await KestraStandIn.StartAsync(change?.Invoke(options) ?? options),
            new KestraOptions
            {
                WriteTimeout = TimeSpan.FromSeconds(patient ? 30 : 1), ReadTimeout = TimeSpan.FromSeconds(patient ? 60 : 3), WritesAtOnce = writesAtOnce,
            });
    }

    /// <summary>A store whose calls are counted from nothing.</summary>
    public async Task<KestraResourceStore> FlowsAsync(string ns = "company", bool children = true, KestraStoreOptions? options = null)
    {
        var server = await Servers.ConnectAsync(Target, default);
        StandIn.ClearCalls();
        return new KestraResourceStore(server, new Scope(ResourceKind.Flow, ns, children), false, options);
    }

    public async Task<KestraResourceStore> FilesAsync(string ns = "company", KestraStoreOptions? options = null)
    {
        var server = await Servers.ConnectAsync(Target, default);
        StandIn.ClearCalls();
        return new KestraResourceStore(server, new Scope(ResourceKind.NamespaceFile, ns, false), false, options);
    }

    public static string Yaml(string id, string message = "hello", string ns = "company") =>
        $"id: {id}\nnamespace: {ns}\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n";

    public static ResourceKey Flow(string id, string ns = "company") => new(ResourceKind.Flow, ns, id);

    public static ResourceKey File(string path, string ns = "company") => new(ResourceKind.NamespaceFile, ns, path);

    /// <summary>How often a method was called. A call whose connection was dropped is written down a moment after the caller noticed.</summary>
    public async Task<int> CountAsync(string method, int expected, string path = "")
    {
        int Count() => StandIn.Calls.Count(c => c.Method == method && c.Path.EndsWith(path, StringComparison.Ordinal));
        for (var i = 0; i < 100 && Count() < expected; i++) await Task.Delay(20);
        return Count();
    }

    public async ValueTask DisposeAsync()
    {
        Servers.Dispose();
        await StandIn.DisposeAsync();
    }
}

/// <summary>The other side, in memory.</summary>
internal sealed class MemorySource : IResourceStore
{
    private readonly Dictionary<ResourceKey, byte[]> _contents = [];

    public Resource Put(ResourceKey key, string text)
    {
        var bytes = _contents[key] = Encoding.UTF8.GetBytes(text);
        var digest = BlobHash.Of(bytes);
        return key.Kind != ResourceKind.NamespaceFile
            ? new Resource(key, "", digest, SourceLikeness.Of(key.Kind, bytes), digest, bytes.Length, bytes)
            : new Resource(key, key.Id, digest, digest, digest, bytes.Length);
    }

    /// <summary>The plan that makes the target hold <paramref name="desired"/> and, where it may delete, nothing else.</summary>
    public static SyncPlan Plan(ResourceSet actual, IReadOnlyList<Resource> desired, bool delete = false)
    {
        var changes = new List<Change>();
        foreach (var wanted in desired)
        {
            var held = actual.Resources.GetValueOrDefault(wanted.Key);
            var action = held is null ? ChangeAction.Added : held.Likeness == wanted.Likeness ? ChangeAction.Unchanged : ChangeAction.Updated;
            changes.Add(new Change(action, wanted.Key, wanted.Path, "", wanted, held));
        }

        var keys = desired.Select(d => d.Key).ToHashSet();
        if (delete) changes.AddRange(actual.Resources.Values.Where(r => !keys.Contains(r.Key)).Select(r => new Change(ChangeAction.Deleted, r.Key, null, "", null, r)));
        return new SyncPlan("1", changes, null);
    }

    /// <summary>What the next run would know, as the caller keeps it: every object seen, with what was written put in its place.</summary>
    public static KnownState Known(ResourceSet read, ApplyResult applied)
    {
        var entries = read.Resources.Values.ToDictionary(r => r.Key, Entry);
        foreach (var one in applied.Done)
        {
            if (one.Now is { } now) entries[now.Key] = Entry(now);
            else entries.Remove(one.Change.Key);
        }

        return new KnownState(new Inventory(entries), applied.Cursor);

        static InventoryEntry Entry(Resource r) => new(r.Key, r.Path, "", r.Digest, r.Likeness, r.Version, r.Size);
    }

    public Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => Task.FromResult(true);

    public Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct) => Task.FromResult(ResourceSet.Empty);

    public Task<Stream> OpenAsync(Resource resource, CancellationToken ct) => Task.FromResult<Stream>(new MemoryStream(_contents[resource.Key]));

    public Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct) => throw new NotSupportedException();

    public Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct) => throw new NotSupportedException();
}

/// <summary>Lets everything pass and counts; or stops at the write it is told.</summary>
internal sealed class Guard(int stopAt = int.MaxValue) : IApplyGuard
{
    private int _asked;

    public List<AppliedChange> Done { get; } = [];

    public Action? Before { get; init; }

    public ValueTask BeforeWriteAsync(CancellationToken ct)
    {
        Before?.Invoke();
        return ++_asked >= stopAt ? throw new OperationCanceledException("the lease ended") : ValueTask.CompletedTask;
    }

    public void CheckAtWire()
    {
    }

    public void Written(AppliedChange change) => Done.Add(change);
}

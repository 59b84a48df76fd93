using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What a run's journal keeps, as the source of what puts it back.</summary>
internal sealed class JournalSource(JournalStore journal, string runId, IEnumerable<JournalEntry> entries) : IResourceStore
{
    private readonly Dictionary<ResourceKey, JournalEntry> _entries = entries.ToDictionary(e => e.Key);

    public Task<Stream> OpenAsync(Resource resource, CancellationToken ct) => Task.FromResult(journal.Open(runId, _entries[resource.Key]));

    public Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => throw OnlyASource();

    public Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct) => throw OnlyASource();

    public Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct) => throw OnlyASource();

    public Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct) => throw OnlyASource();

    private static NotSupportedException OnlyASource() => new("a journal is only read from");
}

using System.Security.Cryptography;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

/// <summary>A folder that goes with the test.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kestra-github-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>A real database of its own, with its stores and a clock that stands still: SQLite, or PostgreSQL where a derived class says so.</summary>
public abstract class StorageTest : IAsyncLifetime
{
    internal static readonly SyncKey Sync = new("main", "company.team", "sync");
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private protected TempFolder Folder { get; } = new();

    private protected ManualClock Clock { get; } = new();

    internal TimeProvider Time => Clock;

    private protected Database Database { get; private set; } = null!;

    private protected RunStore Runs { get; private set; } = null!;

    private protected DeliveryStore Deliveries { get; private set; } = null!;

    private protected CancellationToken None => CancellationToken.None;

    public virtual async Task InitializeAsync()
    {
        Database = await OpenAsync();
        Runs = new RunStore(Database);
        Deliveries = new DeliveryStore(Database);
    }

    public virtual async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        Folder.Dispose();
    }

    /// <summary>The same database, from another server's side.</summary>
    private protected Task<Database> OpenAsync() => OpenAsync(MakeDialect());

    private protected async Task<Database> OpenAsync(Dialect dialect)
    {
        var database = new Database(dialect, Clock);
        await database.InitializeAsync(None);
        return database;
    }

    private protected virtual Dialect MakeDialect() => new SqliteDialect(Folder["test.db"]);

    private protected static RunRequest Request(
        string kind = "api", SyncKey? sync = null, bool dryRun = false, string? revision = null, TimeSpan delay = default, string? delivery = null,
        string? commit = null, Dictionary<string, string>? payload = null) =>
        new(sync ?? Sync, new RunTrigger(kind, DeliveryId: delivery, Commit: commit), dryRun, revision, delay, payload ?? []);

    private protected static RunRequest Push(string delivery, string commit = "c1") => Request(
        "webhook", delay: TimeSpan.FromSeconds(2), delivery: delivery, commit: commit, payload: new() { ["body.after"] = $"\"{commit}\"" });

    private protected DeliveryRow Delivery(string guid, string outcome = "queued", string? reason = null, SyncKey? sync = null, string @event = "push") => new(
        guid, sync ?? Sync, "hook", Clock.Now, @event, null, "refs/heads/main", "c0", "c1", "acme/flows", "octo",
        new Dictionary<string, string> { ["x-github-event"] = @event }, 2, Convert.ToHexStringLower(SHA256.HashData("{}"u8)), 1, outcome, reason, null);

    private protected async Task<ClaimedRun> ClaimAsync(SyncKey? sync = null, string owner = "a") =>
        await Runs.ClaimAsync(sync ?? Sync, owner, Lease, None) ?? throw new InvalidOperationException("nothing to claim");

    private protected static RunEnding Ending(RunState state = RunState.Succeeded, RunCounts? counts = null, params ChangeRow[] changes) =>
        new(state, counts ?? new RunCounts(Unchanged: 3), changes, null, null);

    /// <summary>Enqueues, claims and ends a run; the clock moves by a second.</summary>
    private protected async Task<string> RunOnceAsync(RunRequest request, RunEnding? ending = null)
    {
        await Runs.EnqueueAsync(request with { Delay = TimeSpan.Zero }, merge: false, None);
        var claimed = await ClaimAsync(request.Sync);
        Assert.True(await Runs.FinishAsync(claimed.Lease, ending ?? Ending(), None));
        Clock.Advance(TimeSpan.FromSeconds(1));
        return claimed.Run.Id;
    }
}

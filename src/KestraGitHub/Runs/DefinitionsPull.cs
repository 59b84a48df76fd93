using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>Why there was no going back.</summary>
/// <param name="IsKnown">False where the commit was never in force.</param>
internal sealed record DefinitionsRefusal(bool IsKnown, string Why);

/// <summary>
/// Definitions from Git instead of from a folder: the branch is looked at, a new commit is read and checked as a whole, and put in force on every node at once or
/// not at all. What is in force stays while the Git server is away, while a commit has faults, and over a restart.
/// </summary>
internal sealed partial class DefinitionsPull(
    IOptions<DefinitionsOptions> options, GitMirrors git, DefinitionsGitStore store, DefinitionFolder folder,
    Func<IReadOnlyList<(string File, byte[] Content)>, DefinitionCatalog, DefinitionCatalog> build, TimeProvider time, ILogger<DefinitionsPull> logger) : BackgroundService
{
    public const int LargestFile = 1024 * 1024;
    private const int MostFaults = 20;

    /// <summary>Another node may have put a commit in force.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromSeconds(30);

    private readonly DefinitionsGitOptions _options = options.Value.Git;
    private readonly Bell _news = new();
    private readonly SemaphoreSlim _turn = new(1);
    private string? _commit;
    private DefinitionsInForce? _state;
    private string? _trouble;
    private volatile string? _head;

    public bool IsOn => _options.IsConfigured;

    /// <summary>Why the branch could not be looked at last, or null.</summary>
    public string? Trouble => _trouble;

    /// <summary>The commit that the branch pointed to when this node looked last; null before that.</summary>
    public string? Head => _head;

    /// <summary>Without a credential.</summary>
    public string Address => GitUrl.Parse(_options.Url, git.Options.AllowedProtocols, null).Text;

    /// <summary>In one word, for health: <c>current</c>, <c>refused</c> (a newer commit has faults) or <c>unreachable</c>; null where a folder is read.</summary>
    public string? Standing => !IsOn ? null : _trouble is not null ? "unreachable" : _state?.Refused is not null ? "refused" : "current";

    public GitSource Source { get; } = SourceOf(options.Value.Git);

    private string Place => TextDigest.Of($"{_options.Url}\n{_options.Branch}\n{_options.Directory}")[..32];

    public Task<DefinitionsInForce?> StateAsync(CancellationToken ct) => store.GetAsync(Place, ct);

    public Task<IReadOnlyList<DefinitionsEvent>> HistoryAsync(CancellationToken ct) => store.HistoryAsync(Place, ct);

    /// <summary>
    /// Goes back to a commit that was in force before, on every node, and holds it: newer ones are not taken until <see cref="FollowBranchAsync"/>. Null, or why not.
    /// </summary>
    public async Task<DefinitionsRefusal?> RollBackAsync(string commit, string actor, CancellationToken ct)
    {
        if ((await HistoryAsync(ct)).FirstOrDefault(e => e.Commit == commit && e.Outcome != "refused") is null) return new(IsKnown: false, "No such commit was in force.");
        try
        {
            var (source, files, faults) = await ReadAsync(new GitHead(commit, null, $"commit {commit}"), ct);
            if (faults.Count > 0) return new(IsKnown: true, $"That commit does not load any more, and nothing was changed:\n{Lines(faults)}");
            await store.HoldAsync(Place, source, files, actor, ct);
            await FollowAsync(ct);
            return null;
        }
        catch (GitException e)
        {
            return new(IsKnown: true, $"The commit cannot be read: {Redaction.Clean(e.Message)}");
        }
    }

    /// <summary>Follows the branch again. False where nothing was held.</summary>
    public async Task<bool> FollowBranchAsync(string actor, CancellationToken ct)
    {
        var released = await store.FollowAsync(Place, actor, ct);
        Wake();
        return released;
    }

    /// <summary>Something was pushed somewhere: looks at the branch now.</summary>
    public void Wake()
    {
        if (IsOn) _news.Ring();
    }

    /// <summary>Before the server listens: what was in force is so again, without the Git server; only the very first time it is waited for.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsOn)
        {
            await FollowAsync(cancellationToken);
            if (_commit is null)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(PatienceAtStart);
                await PullAsync(limit.Token);
            }
        }

        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _news.Dispose();
        _turn.Dispose();
        base.Dispose();
    }

    /// <summary>Looks at the branch, and puts its commit in force where it is a new one without faults.</summary>
    internal async Task PullAsync(CancellationToken ct)
    {
        try
        {
            var head = await git.ResolveAsync(Source, null, ct);
            _head = head.Commit;
            if (await StateAsync(ct) is var state && state?.HeldBy is null && head.Commit != state?.Commit && head.Commit != state?.Refused) await TakeAsync(head, ct);
            Told(null);
            await FollowAsync(ct);
        }
        catch (Exception e) when (e is GitException or StorageUnavailableException)
        {
            Told(Redaction.Clean(e.Message));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Told("The Git server did not answer in time.");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsOn) return;
        var pulled = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var pushed = await _news.WaitAsync(Look, stoppingToken);
                if (pushed || time.GetElapsedTime(pulled) >= _options.PollInterval)
                {
                    pulled = time.GetTimestamp();
                    await PullAsync(stoppingToken);
                }
                else
                {
                    await FollowAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The boundary of a background loop: what is in force stays, and the next look comes.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Told(Redaction.Clean(e.Message.Split('\n', 2)[0]));
            }
        }
    }

    private async Task TakeAsync(GitHead head, CancellationToken ct)
    {
        var (source, files, faults) = await ReadAsync(head, ct);
        if (faults.Count == 0)
        {
            await store.AcceptAsync(Place, source, files, FileChanges.Between(await store.FilesAsync(Place, ct), files), ct);
            return;
        }

        var refusal = Lines(faults);
        await store.RefuseAsync(Place, source, refusal, ct);
        Log.Refused(logger, head.Commit, refusal);
    }

    /// <summary>A commit's definitions, and what is wrong with them as a whole.</summary>
    private async Task<(DefinitionsSource Source, IReadOnlyList<(string File, byte[] Content)> Files, IReadOnlyList<string> Faults)> ReadAsync(GitHead head, CancellationToken ct)
    {
        var commit = await git.OpenAsync(Source, head, ct);
        var files = await git.ReadFilesAsync(Source, commit, IsDefinition, LargestFile, ct);
        List<string> faults = files.Count == 0 ? ["It holds no definition. To stop a sync, write `disabled: true` into its file."]
            : [.. build(files, DefinitionCatalog.Empty).Entries.SelectMany(e => e.Faults).Select(f => f.ToString())];
        return (new(head.Commit, commit.Subject, commit.Author), files, faults);
    }

    private static string Lines(IReadOnlyList<string> faults) =>
        Redaction.Clean(string.Join('\n', faults.Take(MostFaults)) + (faults.Count > MostFaults ? $"\nand {faults.Count - MostFaults} more" : ""));

    /// <summary>Loads what the nodes agreed on, where that is another commit than this node has.</summary>
    private async Task FollowAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            _state = await StateAsync(ct);
            if (_state is not { Commit.Length: > 0 } state || state.Commit == _commit) return;
            await folder.TakeAsync(await store.FilesAsync(Place, ct), ct);
            _commit = state.Commit;
            Log.InForce(logger, state.Commit, state.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Told(string? trouble)
    {
        if (trouble is not null && trouble != _trouble) Log.Trouble(logger, trouble);
        _trouble = trouble;
    }

    /// <summary>As in a folder: YAML, and nothing that is hidden.</summary>
    public static bool IsDefinition(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml" && !path.Split('/').Any(p => p.StartsWith('.'));

    public static GitSource SourceOf(DefinitionsGitOptions options) => new(
        options.Url, string.IsNullOrWhiteSpace(options.Branch) ? null : options.Branch.Trim(), options.Directory.Trim('/'), DirectoryMustExist: true, Submodules: false,
        new GitCredential(options.Username, options.Password, options.PrivateKey, null), GitTransport.Default);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Definitions of commit {Commit} are in force: {Subject}")]
        public static partial void InForce(ILogger logger, string commit, string subject);

        [LoggerMessage(Level = LogLevel.Error, Message = "Definitions of commit {Commit} are not taken, what was in force stays. {Faults}")]
        public static partial void Refused(ILogger logger, string commit, string faults);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The repository of definitions cannot be looked at, what is in force stays: {Reason}")]
        public static partial void Trouble(ILogger logger, string reason);
    }
}

using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

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
    private string? _commit;
    private DefinitionsInForce? _state;
    private string? _trouble;

    public bool IsOn => _options.IsConfigured;

    /// <summary>Why the branch could not be looked at last, or null.</summary>
    public string? Trouble => _trouble;

    /// <summary>Without a credential.</summary>
    public string Address => GitUrl.Parse(_options.Url, git.Options.AllowedProtocols, null).Text;

    /// <summary>In one word, for health: <c>current</c>, <c>refused</c> (a newer commit has faults) or <c>unreachable</c>; null where a folder is read.</summary>
    public string? Standing => !IsOn ? null : _trouble is not null ? "unreachable" : _state?.Refused is not null ? "refused" : "current";

    public GitSource Source { get; } = SourceOf(options.Value.Git);

    private string Place => TextDigest.Of($"{_options.Url}\n{_options.Branch}\n{_options.Directory}")[..32];

    public Task<DefinitionsInForce?> StateAsync(CancellationToken ct) => store.GetAsync(Place, ct);

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
        base.Dispose();
    }

    /// <summary>Looks at the branch, and puts its commit in force where it is a new one without faults.</summary>
    internal async Task PullAsync(CancellationToken ct)
    {
        try
        {
            var head = await git.ResolveAsync(Source, null, ct);
            var state = await StateAsync(ct);
            if (head.Commit != state?.Commit && head.Commit != state?.Refused) await TakeAsync(head, ct);
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
        var commit = await git.OpenAsync(Source, head, ct);
        var files = await git.ReadFilesAsync(Source, commit, IsDefinition, LargestFile, ct);
        var faults = files.Count == 0 ? ["It holds no definition. To stop a sync, write `disabled: true` into its file."]
            : build(files, DefinitionCatalog.Empty).Entries.SelectMany(e => e.Faults).Select(f => f.ToString()).ToList();
        if (faults.Count == 0)
        {
            await store.AcceptAsync(Place, head.Commit, commit.Subject, commit.Author, files, ct);
            return;
        }

        var refusal = Redaction.Clean(string.Join('\n', faults.Take(MostFaults)) + (faults.Count > MostFaults ? $"\nand {faults.Count - MostFaults} more" : ""));
        await store.RefuseAsync(Place, head.Commit, refusal, ct);
        Log.Refused(logger, head.Commit, refusal);
    }

    /// <summary>Loads what the nodes agreed on, where that is another commit than this node has.</summary>
    private async Task FollowAsync(CancellationToken ct)
    {
        _state = await StateAsync(ct);
        if (_state is not { Commit.Length: > 0 } state || state.Commit == _commit) return;
        await folder.TakeAsync(await store.FilesAsync(Place, ct), ct);
        _commit = state.Commit;
        Log.InForce(logger, state.Commit, state.Message);
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

/// <summary>Refuses the start for an address that Git could not be given.</summary>
internal sealed class DefinitionsGitCheck(IServiceProvider services) : IValidateOptions<DefinitionsOptions>
{
    public ValidateOptionsResult Validate(string? name, DefinitionsOptions options)
    {
        if (!options.Git.IsConfigured || services.GetService<GitOptions>() is not { } git) return ValidateOptionsResult.Skip;
        try
        {
            GitUrl.Parse(options.Git.Url, git.AllowedProtocols, options.Git.Username);
            return ValidateOptionsResult.Success;
        }
        catch (GitException e)
        {
            return ValidateOptionsResult.Fail($"Definitions:Git:Url cannot be used: {e.Message}");
        }
    }
}

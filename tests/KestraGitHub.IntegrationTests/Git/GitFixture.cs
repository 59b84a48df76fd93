using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Git;
using Microsoft.Extensions.Logging.Abstractions;

namespace KestraGitHub.IntegrationTests.Git;

/// <summary>A sandbox of repositories, a server over it, and mirrors in a data folder of their own.</summary>
public sealed class GitFixture : IAsyncDisposable
{
    private readonly List<GitMirrors> _opened = [];

    private GitFixture(GitHttpServer server, GitSandbox sandbox) => (Server, Sandbox) = (server, sandbox);

    public GitSandbox Sandbox { get; }

    public GitHttpServer Server { get; }

    public string Data => Path.Combine(Sandbox.Root, "data");

    internal GitOptions Options { get; set; } = new() { AllowedProtocols = ["http", "https", "ssh", "file"], LsRemoteTimeout = TimeSpan.FromSeconds(20), FetchTimeout = TimeSpan.FromSeconds(60) };

    internal GitMirrors Mirrors
    {
        get
        {
            // Many may ask for the first one at once.
            lock (_opened) return _opened.Count > 0 ? _opened[^1] : Restart();
        }
    }

    public static async Task<GitFixture> CreateAsync()
    {
        var sandbox = new GitSandbox();
        return new GitFixture(await GitHttpServer.StartAsync(sandbox.Root), sandbox);
    }

    /// <summary>As a service that starts again on the same data.</summary>
    internal GitMirrors Restart()
    {
        lock (_opened)
        {
            _opened.Add(new GitMirrors(Options, new GitDataPath(Data), NullLogger<GitMirrors>.Instance));
            return _opened[^1];
        }
    }

    public GitSource Source(string repository = "repo.git", string? branch = "main", string directory = "", bool mustExist = true, bool submodules = false) =>
        new($"{Server.Url}/{repository}", branch, directory, mustExist, submodules, GitCredential.None, GitTransport.Default);

    internal static SyncTask Task(GitSource source, Layout layout, string ns = "prod", bool children = false) => new(
        "sync", layout == Layout.FlowsByFolder ? "SyncFlows" : "SyncNamespaceFiles", source,
        new KestraTarget("", new Uri("http://127.0.0.1:1"), "main", KestraAuth.None), layout,
        new Scope(layout == Layout.FlowsByFolder ? ResourceKind.Flow : ResourceKind.NamespaceFile, ns, children),
        new SyncPolicy(WhenMissing.Delete, false, [], null), false, null, "");

    internal async Task<(ResourceSet Set, GitResourceStore Store)> ReadAsync(SyncTask task, Inventory? inventory = null, string? revision = null)
    {
        var head = await Mirrors.ResolveAsync(task.Git, revision, CancellationToken.None);
        var store = Mirrors.OpenStore(task, await Mirrors.OpenAsync(task.Git, head, CancellationToken.None));
        return (await store.ReadAsync(new KnownState(inventory ?? Inventory.Empty, null), CancellationToken.None), store);
    }

    internal async Task<ResourceSet> FlowsAsync(string directory = "_flows", bool children = false, Inventory? inventory = null) =>
        (await ReadAsync(Task(Source(directory: directory), Layout.FlowsByFolder, children: children), inventory)).Set;

    internal async Task<ResourceSet> FilesAsync(string directory = "", Inventory? inventory = null) =>
        (await ReadAsync(Task(Source(directory: directory), Layout.NamespaceFiles), inventory)).Set;

    public async ValueTask DisposeAsync()
    {
        foreach (var mirrors in _opened) await mirrors.DisposeAsync();
        await Server.DisposeAsync();
        Sandbox.Dispose();
    }
}

/// <summary>One fixture for each test.</summary>
public abstract class GitTest : IAsyncLifetime
{
    protected GitFixture Git { get; private set; } = null!;

    protected GitSandbox Sandbox => Git.Sandbox;

    public async Task InitializeAsync() => Git = await GitFixture.CreateAsync();

    public async Task DisposeAsync() => await Git.DisposeAsync();

    /// <summary>The command lines of all processes, and their parents: to see what a call shows, and what it leaves.</summary>
    protected static IReadOnlyList<(int Id, string Line)> Processes()
    {
        List<(int, string)> all = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            try
            {
                all.Add((id, File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ')));
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return all;
    }
}

using System.Diagnostics;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>One bare mirror on disk: its folder, its locks, and the processes that read from it.</summary>
internal sealed class GitMirror : IAsyncDisposable
{
    private static readonly string[] LeftObjects = ["tmp_*", ".tmp-*", "incoming-*"];

    private static readonly string[] LeftLocks = ["*.lock", "gc.pid", "fast_import_crash_*"];

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly GitRunner _runner;
    private int _users;
    private bool _ready;

    public GitMirror(string mirrors, GitUrl url, bool sha256, GitRunner runner)
    {
        (Directory, Place, Sha256, _runner) = (FolderOf(mirrors, url, sha256), url.Text, sha256, runner);
        Objects = new ObjectReaders(runner, Directory, url.Text);
    }

    private GitMirror(string directory, string place, bool sha256, GitRunner runner)
    {
        (Directory, Place, Sha256, _runner, Foreign) = (directory, place, sha256, runner, true);
        Objects = new ObjectReaders(runner, directory, place);
    }

    /// <summary>A repository of somebody else's, read where it lies: never made anew, cleaned or removed.</summary>
    public static GitMirror At(string directory, string place, bool sha256, GitRunner runner) => new(directory, place, sha256, runner);

    /// <summary>The url alone says where: whoever may read it at all may share it, and who may is asked of the server at every run.</summary>
    public static string FolderOf(string mirrors, GitUrl url, bool sha256) =>
        Path.Combine(mirrors, TextDigest.Of(url.Text)[..32] + (sha256 ? "-sha256.git" : ".git"));

    public bool Foreign { get; }

    public string Directory { get; }

    public string Place { get; }

    public bool Sha256 { get; }

    public ObjectReaders Objects { get; }

    /// <summary>Set when it gave a wrong or no answer: it is thrown away before it is used again.</summary>
    public bool Suspect { get; set; }

    public bool InUse => Volatile.Read(ref _users) > 0;

    public bool Ready => _ready && !Suspect && System.IO.Directory.Exists(Directory);

    private string LockFile => Directory + ".lock";

    public static DateTime LastUseOf(string directory) => File.GetLastWriteTimeUtc(directory + ".lock");

    /// <summary>Keeps it from being removed until the result is disposed of.</summary>
    public IDisposable Use()
    {
        Interlocked.Increment(ref _users);
        try
        {
            if (File.Exists(LockFile)) File.SetLastWriteTimeUtc(LockFile, DateTime.UtcNow);
        }
        catch (IOException)
        {
            // Only the order of removal hangs on it.
        }

        return new Release(() => Interlocked.Decrement(ref _users));
    }

    /// <summary>Alone, in this process and among all that share the folder.</summary>
    public async Task<IDisposable> LockAsync(TimeSpan patience, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            for (var waiting = Stopwatch.StartNew(); ; await Task.Delay(100, ct))
            {
                if (TryLockFile() is { } file) return new Release(() => { file.Dispose(); _gate.Release(); });
                if (waiting.Elapsed > patience)
                    throw new GitException(GitErrorKind.Timeout,
                        $"Another process has held the mirror of {Place} for {patience.TotalSeconds:0} s. Look what else uses this data folder.");
            }
        }
        catch
        {
            _gate.Release();
            throw;
        }
    }

    /// <summary>Makes it usable: created when it is not there, thrown away when it is known to be damaged, cleaned the first time.</summary>
    public async Task PrepareAsync(CancellationToken ct)
    {
        if (Suspect) await DiscardAsync();
        if (_ready && System.IO.Directory.Exists(Directory)) return;
        if (System.IO.Directory.Exists(Directory)) RemoveLeftovers();
        else await CreateAsync(ct);
        _ready = true;
    }

    /// <summary>A call was ended or failed: it may have left something.</summary>
    public void CleanNextTime() => _ready = false;

    /// <summary>It goes out of the way under another name first, so that no one meets half of it.</summary>
    public async Task DiscardAsync()
    {
        if (Foreign) throw new InvalidOperationException($"The repository in '{Directory}' is not ours to remove.");
        _ready = false;
        await Objects.DisposeAsync();
        if (System.IO.Directory.Exists(Directory))
        {
            var gone = Hidden("gone");
            System.IO.Directory.Move(Directory, gone);
            GitFolders.Remove(gone);
        }

        Suspect = false;
    }

    public ValueTask DisposeAsync() => Objects.DisposeAsync();

    private async Task CreateAsync(CancellationToken ct)
    {
        var half = Hidden("new");
        try
        {
            await _runner.RunAsync(
                new GitCall($"Making a mirror of {Place}",
                    ["init", "--quiet", "--bare", "--template=", Sha256 ? "--object-format=sha256" : "--object-format=sha1", half]), ct);
            System.IO.Directory.Move(half, Directory);
        }
        finally
        {
            GitFolders.Remove(half);
        }
    }

    private string Hidden(string why) => Path.Combine(Path.GetDirectoryName(Directory)!, $".{why}-{GitFolders.UniqueName()}");

    private FileStream? TryLockFile()
    {
        try
        {
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is 11 or 32 or 35)
        {
            // Held by another: EAGAIN on Linux and macOS, a sharing violation on Windows.
            return null;
        }
    }

    /// <summary>What a killed git left: half packs that only take room, and locks that would stop the next one.</summary>
    private void RemoveLeftovers()
    {
        var objects = new DirectoryInfo(Path.Combine(Directory, "objects"));
        var inObjects = objects.Exists ? LeftObjects.SelectMany(p => objects.EnumerateFileSystemInfos(p, SearchOption.AllDirectories)) : [];
        var everywhere = LeftLocks.SelectMany(p => new DirectoryInfo(Directory).EnumerateFileSystemInfos(p, SearchOption.AllDirectories));
        foreach (var left in inObjects.Concat(everywhere).ToList())
        {
            if (left is DirectoryInfo folder) GitFolders.Remove(folder.FullName);
            else left.Delete();
        }
    }

    private sealed class Release(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}

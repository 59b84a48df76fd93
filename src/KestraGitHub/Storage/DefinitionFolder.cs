using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Definitions;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Storage;

/// <summary>The definitions in force: read from a folder and kept current, or handed over where they come from Git. <see cref="Catalog"/> is always a whole, immutable picture.</summary>
/// <param name="build">Files and the catalog before → the catalog now.</param>
/// <param name="seen">Where definitions are remembered; null where there is no database.</param>
internal sealed partial class DefinitionFolder(
    IOptions<DefinitionsOptions> options, Func<IReadOnlyList<(string File, byte[] Content)>, DefinitionCatalog, DefinitionCatalog> build,
    DefinitionsSeenStore? seen, ILogger<DefinitionFolder> logger) : IDisposable
{
    // One byte more than a definition may have: enough for the parser to see that it is too long, whatever lies there.
    private const int ReadLimit = 1024 * 1024 + 1;

    private readonly SemaphoreSlim _one = new(1);
    private IReadOnlyList<FoundFile>? _found;
    private Dictionary<string, string>? _digests;
    private string? _trouble;

    /// <summary>True where nothing is read here: the files come from a repository.</summary>
    public bool IsGiven => options.Value.Git.IsConfigured;

    public string Root => Path.GetFullPath(options.Value.Path);

    public DefinitionCatalog Catalog { get; private set; } = DefinitionCatalog.Empty;

    /// <summary>After the catalog was replaced.</summary>
    public event Action<DefinitionCatalog>? Changed;

    /// <summary>True when a look at names, sizes and times says that reading again may bring something new.</summary>
    public bool Moved()
    {
        if (IsGiven) return false;
        try
        {
            return FolderScan.Find(Root) is { } found ? _found is null || !_found.SequenceEqual(found) : _found is not null || _digests is null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Reads the folder now. The catalog is replaced only when some content changed.</summary>
    public async Task ReloadAsync(CancellationToken ct = default)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (IsGiven || Read() is not { } read || (_digests is not null && SameAs(read.Digests))) return;
            await SwapAsync(read.Files, read.Digests, read.Unreadable, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Puts these files in the place of all that are in force.</summary>
    public async Task TakeAsync(IReadOnlyList<(string File, byte[] Content)> files, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await SwapAsync(files, files.ToDictionary(f => f.File, f => Convert.ToHexStringLower(SHA256.HashData(f.Content)), StringComparer.Ordinal), [], ct);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Writes a new file into the folder, and reads that. Null when it is done, else why not, as whole sentences.</summary>
    /// <param name="file">A name without folders.</param>
    public async Task<string?> AddAsync(string file, string text, CancellationToken ct)
    {
        var path = Path.Combine(Root, file);
        if (File.Exists(path)) return $"There is a file {file} in the folder of definitions already. Choose another name.";
        try
        {
            Directory.CreateDirectory(Root);
            await using var stream = new FileStream(path, FileMode.CreateNew);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The folder {Root} cannot be written: {e.Message} Put the text there yourself, or give the folder to the user of the service.";
        }

        await ReloadAsync(ct);
        return null;
    }

    public void Dispose() => _one.Dispose();

    private async Task SwapAsync(IReadOnlyList<(string File, byte[] Content)> files, Dictionary<string, string> digests, List<Fault> unreadable, CancellationToken ct)
    {
        _digests = digests;
        var before = Catalog;
        var catalog = WithUnreadable(build(files, before), unreadable, before);
        Tell(before, catalog);
        OnChanged(catalog);
        await RememberAsync(catalog, ct);
    }

    private (List<(string File, byte[] Content)> Files, Dictionary<string, string> Digests, List<Fault> Unreadable)? Read()
    {
        IReadOnlyList<FoundFile>? found;
        try
        {
            found = FolderScan.Find(Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble($"cannot be read ({e.Message}); what was loaded stays in force");
            return null;
        }

        Trouble(found is null ? "does not exist; there are no definitions until it does" : null);
        _found = found;
        var files = new List<(string File, byte[] Content)>();
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        var unreadable = new List<Fault>();
        foreach (var file in found ?? [])
        {
            try
            {
                var content = Content(file);
                files.Add((file.Name, content));
                digests[file.Name] = Convert.ToHexStringLower(SHA256.HashData(content));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Gone since it was listed.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(new Fault(file.Name, 0, 0, $"The file cannot be read: {e.Message}", "Let the user of the service read it."));
                digests[file.Name] = "unreadable";
            }
        }

        return (files, digests, unreadable);
    }

    private static byte[] Content(FoundFile file)
    {
        // A pipe has no size either, and opening it would wait for ever.
        if (file.Size == 0) return [];
        using var stream = new FileStream(file.RealPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Math.Min(stream.Length, ReadLimit)];
        return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }

    private bool SameAs(Dictionary<string, string> digests) =>
        digests.Count == _digests!.Count && digests.All(d => _digests.TryGetValue(d.Key, out var digest) && digest == d.Value);

    // A file that is there and cannot be read is not a file that is gone.
    private static DefinitionCatalog WithUnreadable(DefinitionCatalog catalog, List<Fault> unreadable, DefinitionCatalog before)
    {
        if (unreadable.Count == 0) return catalog;
        return new DefinitionCatalog([
            .. catalog.Entries,
            .. unreadable.Select(fault => before.Entries.FirstOrDefault(e => e.File == fault.File) is { } known
                ? known with { Faults = [fault] }
                : new CatalogEntry(fault.File, null, null, [fault])),
        ]);
    }

    private void OnChanged(DefinitionCatalog catalog)
    {
        Catalog = catalog;
        Changed?.Invoke(catalog);
    }

    private async Task RememberAsync(DefinitionCatalog catalog, CancellationToken ct)
    {
        if (seen is null) return;
        try
        {
            await seen.RecordAsync(
                [.. catalog.Entries.Where(e => !e.Broken && e.Key is not null && _digests!.ContainsKey(e.File))
                    .Select(e => (e.Key!.Value, e.File, _digests![e.File]))],
                ct);
        }
        catch (StorageUnavailableException e)
        {
            Log.NotRemembered(logger, e.Message);
        }
    }

    private void Tell(DefinitionCatalog before, DefinitionCatalog now)
    {
        var known = before.Entries.DistinctBy(e => e.File).ToDictionary(e => e.File);
        foreach (var entry in now.Entries)
        {
            var was = known.GetValueOrDefault(entry.File);
            known.Remove(entry.File);
            if (!entry.Broken && (was is null || was.Broken || was.Definition?.Source != entry.Definition?.Source)) Log.Loaded(logger, entry.File, entry.Key);
            if (entry.Broken && (was is null || !was.Faults.SequenceEqual(entry.Faults)))
                Log.Broken(logger, entry.File, entry.Definition is null ? "nothing" : "its last good version", string.Join(' ', entry.Faults));
        }

        foreach (var gone in known.Values) Log.Removed(logger, gone.File, gone.Key);
    }

    private void Trouble(string? trouble)
    {
        if (trouble is not null && trouble != _trouble) Log.Trouble(logger, Root, trouble);
        _trouble = trouble;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Definition {File} is in force: {Sync}")]
        public static partial void Loaded(ILogger logger, string file, SyncKey? sync);

        [LoggerMessage(Level = LogLevel.Error, Message = "Definition {File} does not load; in force is {InForce}. {Faults}")]
        public static partial void Broken(ILogger logger, string file, string inForce, string faults);

        [LoggerMessage(Level = LogLevel.Information, Message = "Definition {File} is gone: {Sync}")]
        public static partial void Removed(ILogger logger, string file, SyncKey? sync);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The definitions folder {Folder} {Trouble}.")]
        public static partial void Trouble(ILogger logger, string folder, string trouble);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The definitions are loaded, but the database could not note them: {Reason}")]
        public static partial void NotRemembered(ILogger logger, string reason);
    }
}

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>A folder that is read by the rules of one kind: most of it by its listing alone, some files by what is in them.</summary>
internal interface IFolderReader
{
    /// <summary>Sorts the files out; answers with those whose bytes are wanted, and what is to be done with the bytes.</summary>
    IReadOnlyList<(SourceFile File, Action<byte[]> Take)> Sort(IEnumerable<SourceFile> files);

    /// <summary>What was found, once every wanted file was taken.</summary>
    (IReadOnlyDictionary<ResourceKey, Resource> Resources, IReadOnlyList<ReadProblem> Problems) Result();
}

internal static class FolderReading
{
    public static async Task<(IReadOnlyDictionary<ResourceKey, Resource> Resources, IReadOnlyList<ReadProblem> Problems)> ReadAsync(
        this IFolderReader folder, IEnumerable<SourceFile> files, CancellationToken ct)
    {
        await ReadWantedAsync(folder.Sort(files), ct);
        return folder.Result();
    }

    /// <summary>The files of any number of folders by one git process for each mirror.</summary>
    public static async Task ReadWantedAsync(IEnumerable<(SourceFile File, Action<byte[]> Take)> wanted, CancellationToken ct)
    {
        foreach (var mirror in wanted.GroupBy(w => w.File.Mirror))
        {
            var files = mirror.ToList();
            await mirror.Key.Objects.ReadAllAsync([.. files.Select(f => f.File.Entry.Id)], (i, bytes) => files[i].Take(bytes), ct);
        }
    }
}

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

internal sealed partial class KestraClient
{
    /// <summary>A listing is proof for this long; deleting comes right after it or not at all.</summary>
    private static readonly TimeSpan JustListed = TimeSpan.FromSeconds(10);

    /// <summary>Beyond it, files are read one by one.</summary>
    private const long LargestExport = 128L * 1024 * 1024;

    /// <summary>One level of a directory; the empty name is the root.</summary>
    public async Task<DirectoryListing> ListDirectoryAsync(string ns, string directory, CancellationToken ct)
    {
        var request = Get(Files(ns, "/directory"), "path=" + Uri.EscapeDataString("/" + directory));
        var seen = http.Time.GetUtcNow();
        List<DirectoryRow> rows;
        try
        {
            rows = await http.ReadAsync(request, a => a.ReadJsonAsync<List<DirectoryRow>>(), ct);
        }
        catch (KestraException e) when (e.Kind == KestraFailureKind.NotFound && directory.Length > 0)
        {
            // The root is made on demand, so a 404 of the root is never "no files" (kestra-api.md section 3).
            return new DirectoryListing([], [], [], Missing: true);
        }

        var (files, directories, unusable) = (new List<ListedFile>(), new List<string>(), new List<string>());
        foreach (var row in rows)
        {
            var name = row?.FileName ?? "";
            var path = directory.Length == 0 ? name : $"{directory}/{name}";
            if (name.Contains('/') || !NamespaceFilePath.TryParse(path, out var parsed, out _)) unusable.Add(path);
            else if (row!.Type == "Directory") directories.Add(path);
            else if (row is { Type: "File", Size: >= 0 }) files.Add(new Listed(ns, parsed, row.Size.Value, row.LastModifiedTime ?? 0, seen));
            else throw Fault(KestraFailureKind.Unreadable, request, "the listing holds something that is neither file nor directory");
        }

        return new DirectoryListing(files, directories, unusable, Missing: false);
    }

    /// <summary>The content of one file, handed to <paramref name="read"/> as it comes.</summary>
    /// <exception cref="KestraException">Also when it has not the size that was listed.</exception>
    public Task<T> ReadFileAsync<T>(string ns, NamespaceFilePath path, long size, Func<Stream, Task<T>> read, CancellationToken ct)
    {
        var request = Get(Files(ns), path.Query, KestraRequest.Bytes);
        return http.ReadAsync(request, async answer =>
        {
            await using var file = size > 1024 * 1024 ? TemporaryFile.Create() : (Stream)new MemoryStream((int)size);
            try
            {
                if (await answer.CopyToAsync(file, size) != size) throw Changed();
            }
            catch (KestraException e) when (e.Kind == KestraFailureKind.TooLarge)
            {
                throw Changed();
            }

            file.Position = 0;
            return await read(file);

            KestraException Changed() => answer.Unreadable(
                $"the content of '{path}' has not the {size} bytes of its listing: it changed meanwhile", passing: true);
        }, ct);
    }

    /// <summary>Every file of a namespace in one call, each handed to <paramref name="each"/> by its path. Flows in it are left out.</summary>
    /// <param name="again">Called before each try: forget what an earlier one gave.</param>
    public Task<bool> ExportFilesAsync(string ns, Func<string, Stream, long, Task> each, Action again, CancellationToken ct)
    {
        var request = Get(Files(ns, "/export"), "", KestraRequest.Bytes);
        return http.ReadAsync(request, async answer =>
        {
            again();
            await using var file = TemporaryFile.Create();
            await answer.CopyToAsync(file, LargestExport);
            await ReadZipAsync(
                answer, file,
                (name, content, size) => name.StartsWith("_flows/", StringComparison.Ordinal) ? Task.CompletedTask : each(name, content, size), ct);
            return true;
        }, ct);
    }

    /// <summary>Creates or overwrites one file. <paramref name="content"/> must give exactly <paramref name="size"/> bytes.</summary>
    public async Task UploadFileAsync(string ns, NamespaceFilePath path, Stream content, long size, IApplyGuard guard, CancellationToken ct)
    {
        var request = new KestraRequest(
            HttpMethod.Post, Files(ns), path.Query, KestraRequest.Anything, KestraTimings.WithBody(http.Timings.Write, size),
            () => Form("fileContent", [("blob", new BlobContent(content, size))]));
        await http.WriteAsync(request, guard, ct);
    }

    /// <summary>Deletes a file that a listing has just shown. Each proof serves once; after a failure only a new listing tells.</summary>
    public async Task DeleteFileAsync(ListedFile file, IApplyGuard guard, CancellationToken ct)
    {
        if (!file.Spend()) throw new InvalidOperationException("this listing has already served for a delete");
        if (http.Time.GetUtcNow() - file.Seen > JustListed) throw new InvalidOperationException("the listing is too old for a delete");
        await http.WriteAsync(Delete(Files(file.Namespace), file.Path.Query), guard, ct);
    }

    private sealed class Listed(string ns, NamespaceFilePath path, long size, long modified, DateTimeOffset seen)
        : ListedFile(ns, path, size, modified, seen);
}

using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>After uploading: one listing of each directory that was written to, for the time stamps and for proof.</summary>
internal sealed class FileReadBack(KestraServer server, Scope scope)
{
    public async Task<ApplyResult> ConfirmAsync(List<AppliedChange> done, ApplyFailure? failure, CancellationToken ct)
    {
        var written = Enumerable.Range(0, done.Count).Where(i => done[i].Now is not null).ToLookup(i => Parsed(done[i]).Directory);
        foreach (var directory in written)
        {
            Dictionary<NamespaceFilePath, ListedFile> listed;
            try
            {
                listed = (await server.Client.ListDirectoryAsync(scope.Namespace, directory.Key, ct)).Files.ToDictionary(f => f.Path);
            }
            catch (Exception e) when (e is KestraException or OperationCanceledException)
            {
                break; // Written it is; without time stamps the next run reads the contents.
            }

            foreach (var i in directory)
            {
                var applied = done[i];
                var file = listed.GetValueOrDefault(Parsed(applied));
                if (file?.Size == applied.Now!.Size)
                    done[i] = applied with { Now = applied.Now with { Version = KestraFiles.Text(file.Modified) } };
                else
                    failure ??= new ApplyFailure(applied.Change, Missing(applied, file));
            }
        }

        return new ApplyResult(done, null, failure);
    }

    private static KestraException Missing(AppliedChange applied, ListedFile? file) => new(
        KestraFailureKind.Conflict,
        file is null
            ? $"Kestra took {applied.Change.Key} and does not list it: it stored it under another name, or someone deleted it"
            : $"Kestra took {applied.Change.Key} with {applied.Now!.Size} bytes and lists {file.Size}: someone else wrote it");

    private static NamespaceFilePath Parsed(AppliedChange applied) =>
        NamespaceFilePath.TryParse(applied.Change.Key.Id, out var path, out _) ? path : throw new InvalidOperationException();
}

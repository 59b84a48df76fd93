using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>Reads the one file that a task names as a flow, whatever its name. What is wrong with the place is an error, what is wrong with the flow a row.</summary>
/// <param name="place">The branch, as a message names it.</param>
internal sealed class FlowAtPath(GitCommit commit, Scope scope, string place)
{
    public async Task<ResourceSet> ReadAsync(string path, CancellationToken ct)
    {
        var entry = await FindAsync(path, ct);
        var bytes = await commit.Mirror.Objects.FindAsync(entry.Id, "blob", FlowFile.MaxBytes, ct)
            ?? throw new GitException(GitErrorKind.Corrupt, $"The mirror of {commit.Remote.Url} lacks {path}. It is made anew at the next run.");
        var flow = FlowFile.Read(bytes, scope.Namespace);
        if (flow.Source is { } source)
        {
            var key = new ResourceKey(ResourceKind.Flow, scope.Namespace, flow.Id!);
            return Set([new Resource(key, path, BlobHash.Of(source, commit.Sha256), FlowLikeness.Of(source), entry.Id, source.Length, source)], []);
        }

        ResourceKey[] shields = flow.Id is { } id ? [new(ResourceKind.Flow, scope.Namespace, id)] : [];
        return Set([], [new ReadProblem(ProblemKind.Invalid, ResourceKind.Flow, path, scope.Namespace, flow.Fault!, shields, shields.Length == 0)]);
    }

    private ResourceSet Set(Resource[] flows, ReadProblem[] problems) => new(commit.Commit, flows.ToDictionary(f => f.Key), problems);

    private async Task<TreeEntry> FindAsync(string path, CancellationToken ct)
    {
        var names = TreePath.Names(path);
        for (var count = 1; count < names.Count; count++)
        {
            var folder = string.Join('/', names.Take(count));
            if (await TreePath.FindAsync(commit.Mirror.Objects, commit, folder, ct) is { Mode: not TreeEntry.Directory } found)
                throw new GitException(GitErrorKind.NotFound, $"Flow file not found at path: {path}. '{folder}' is {Word(found.Mode)} in the git repository, not a directory.");
        }

        return await TreePath.FindAsync(commit.Mirror.Objects, commit, path, ct) switch
        {
            null => throw new GitException(
                GitErrorKind.NotFound, $"Flow file not found at path: {path}. Verify that it is there in the branch '{place}', and the spelling: case counts."),
            { Mode: TreeEntry.File } file => file,
            var other => throw new GitException(
                GitErrorKind.NotFound, $"The path '{path}' is {Word(other.Mode)} in the git repository, not a file. Name the file of the flow in `flowPath`."),
        };
    }

    private static string Word(int mode) => mode switch
    {
        TreeEntry.Directory => "a directory",
        TreeEntry.Symlink => "a symbolic link, which is not followed",
        TreeEntry.Submodule => "a submodule, which is another repository",
        _ => "a file",
    };
}

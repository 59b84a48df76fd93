using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>
/// A checkout on this machine as a source: read where it lies, nothing fetched, nothing in it changed. A shallow one does as well.
/// </summary>
internal sealed partial class GitMirrors
{
    /// <param name="source">The task's; its address is where submodules are looked for from.</param>
    /// <param name="folder">Anywhere in the checkout.</param>
    /// <param name="workTree">True: its files as they are, with those that are not ignored and not added yet. False: its HEAD.</param>
    public Task<GitCommit> OpenCheckoutAsync(GitSource source, string folder, bool workTree, CancellationToken ct) => OnDiskAsync(async () =>
    {
        var place = Path.GetFullPath(folder);
        if (!Directory.Exists(place)) throw new GitException(GitErrorKind.NotFound, $"The folder '{place}' is not there.");
        var checkout = await LocalCheckout.FindAsync(Runner, place, ct)
            ?? throw new GitException(GitErrorKind.NotFound, $"'{place}' is no Git repository. Name the folder of a checkout.");
        var (directory, commit) = (checkout.GitDirectory, checkout.Head);
        if (workTree) (directory, commit) = await new WorkTreeSnapshot(Runner, checkout).TakeAsync(Path.Combine(_folders.NewPrivate(), "tree.git"), ct);
        else if (commit.Length == 0) throw new GitException(GitErrorKind.NotFound, $"The checkout '{place}' has no commit yet. Commit, or ask for its working files.");

        var remote = new GitRemote(GitUrl.Parse(source.Url, GitOptions.KnownProtocols, source.Credential.Username), source.Credential, source.Transport);
        var mirror = GitMirror.At(directory, place, commit.Length == 64, Runner);
        var head = new GitHead(commit, null, workTree ? "the working files" : "the checkout's HEAD");
        return await GitCommit.FindAsync(mirror, remote, head, ct)
            ?? throw new GitException(GitErrorKind.NotFound, $"The checkout '{place}' lacks its own commit {commit}. Look at it with git fsck.");
    });
}

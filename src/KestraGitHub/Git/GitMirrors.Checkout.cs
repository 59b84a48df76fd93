using System.Text;
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

/// <param name="Top">The root of the work tree; empty for a bare repository.</param>
/// <param name="GitDirectory">Of this work tree.</param>
/// <param name="CommonDirectory">Where its objects are.</param>
/// <param name="Head">Empty while there is no commit.</param>
internal sealed record LocalCheckout(string Top, string GitDirectory, string CommonDirectory, string Head, bool Sha256)
{
    /// <summary>Null where there is no repository.</summary>
    public static async Task<LocalCheckout?> FindAsync(GitRunner runner, string folder, CancellationToken ct)
    {
        try
        {
            var said = (await AskAsync("--is-bare-repository", "--absolute-git-dir", "--git-common-dir", "--show-object-format")).Split('\n');
            var top = said[0] == "true" ? "" : await AskAsync("--show-toplevel");
            var head = await HeadAsync();
            return new LocalCheckout(top, said[1], said[2], head, said[3] == "sha256");
        }
        catch (GitException e) when (e.Output.Contains("not a git repository", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        Task<string> AskAsync(params string[] what) =>
            runner.TextAsync(new GitCall($"Looking at '{folder}'", ["-C", folder, "rev-parse", "--path-format=absolute", .. what]), ct);

        async Task<string> HeadAsync()
        {
            try
            {
                return await AskAsync("--verify", "--quiet", "HEAD^{commit}");
            }
            catch (GitException e) when (e.Kind == GitErrorKind.Other)
            {
                return "";
            }
        }
    }
}

/// <summary>
/// The working files of a checkout as a commit of a repository beside it, which borrows the checkout's objects: the checkout itself gets no object,
/// and its index stays as it is.
/// </summary>
internal sealed class WorkTreeSnapshot(GitRunner runner, LocalCheckout checkout)
{
    /// <summary>The repository and the commit. The same files on the same HEAD are the same commit; no change at all is HEAD itself.</summary>
    public async Task<(string Directory, string Commit)> TakeAsync(string directory, CancellationToken ct)
    {
        if (checkout.Top.Length == 0) throw new GitException(GitErrorKind.NotFound, $"'{checkout.GitDirectory}' is a bare repository and has no working files.");
        await runner.RunAsync(
            new GitCall("Making a place for the working files",
                ["init", "--quiet", "--bare", "--template=", checkout.Sha256 ? "--object-format=sha256" : "--object-format=sha1", directory]), ct);
        Borrow(directory);
        await CallAsync("-C", checkout.Top, "-c", "core.bare=false", "--work-tree=" + checkout.Top, "add", "--all");
        var tree = await CallAsync("write-tree");
        if (checkout.Head.Length > 0 && tree == await CallAsync("rev-parse", checkout.Head + "^{tree}")) return (directory, checkout.Head);
        var parent = checkout.Head.Length > 0 ? $"parent {checkout.Head}\n" : "";
        var text = $"tree {tree}\n{parent}author KestraGitHub <kestra-github@localhost> 0 +0000\ncommitter KestraGitHub <kestra-github@localhost> 0 +0000\n\nthe working files\n";
        var commit = await runner.FeedAsync(
            new GitCall("Taking the working files", ["hash-object", "-t", "commit", "-w", "--stdin"]) { GitDirectory = directory },
            (input, token) => input.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask(), ct);
        return (directory, commit);

        Task<string> CallAsync(params string[] arguments) =>
            runner.TextAsync(new GitCall($"Reading the working files of '{checkout.Top}'", arguments) { GitDirectory = directory }, ct);
    }

    private void Borrow(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "objects", "info", "alternates"), Path.Combine(checkout.CommonDirectory, "objects") + "\n");
        var exclude = Path.Combine(checkout.CommonDirectory, "info", "exclude");
        Directory.CreateDirectory(Path.Combine(directory, "info"));
        if (File.Exists(exclude)) File.Copy(exclude, Path.Combine(directory, "info", "exclude"), overwrite: true);
        // With the index comes what a sparse checkout left out, and which files need not be read again.
        foreach (var index in new DirectoryInfo(checkout.GitDirectory).EnumerateFiles().Where(f => f.Name == "index" || f.Name.StartsWith("sharedindex.", StringComparison.Ordinal)))
            index.CopyTo(Path.Combine(directory, index.Name));
    }
}

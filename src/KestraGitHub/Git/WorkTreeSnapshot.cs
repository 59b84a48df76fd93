using System.Text;

namespace KestraGitHub.Git;

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

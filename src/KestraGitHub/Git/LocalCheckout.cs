namespace KestraGitHub.Git;

/// <summary>A repository on this machine, found from any folder in it.</summary>
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

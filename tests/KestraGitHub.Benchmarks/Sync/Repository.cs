using System.Diagnostics;
using System.Text;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Sync;

/// <summary>A bare repository that is written file by file: a gigabyte need not be in memory for it.</summary>
internal sealed class Repository
{
    private readonly string _path;
    private int _clock = 1_700_000_000;
    private bool _hasCommits;

    private Repository(string path) => _path = path;

    public static async Task<Repository> CreateAsync(string root, string name)
    {
        var path = Path.Combine(root, name);
        await Child.OutputAsync("git", ["init", "--quiet", "--bare", "--initial-branch=main", path]);
        return new Repository(path);
    }

    /// <summary>A commit on main that adds or changes these files.</summary>
    public async Task CommitAsync(IEnumerable<(string Path, byte[] Content)> files)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardInput = true, WorkingDirectory = _path };
        foreach (var argument in (string[])["--git-dir=" + _path, "fast-import", "--quiet"]) start.ArgumentList.Add(argument);
        using var git = Process.Start(start)!;
        await using (var to = git.StandardInput.BaseStream)
        {
            await WriteAsync(to, $"commit refs/heads/main\ncommitter A Person <a@example.org> {_clock++} +0000\ndata 8\na commit\n");
            if (_hasCommits) await WriteAsync(to, "from refs/heads/main^0\n");
            foreach (var (path, content) in files)
            {
                await WriteAsync(to, $"M 100644 inline {path}\ndata {content.Length}\n");
                await to.WriteAsync(content);
                await WriteAsync(to, "\n");
            }
        }

        await git.WaitForExitAsync();
        if (git.ExitCode != 0) throw new BenchmarkException($"git fast-import ended with {git.ExitCode}.");
        _hasCommits = true;
    }

    private static ValueTask WriteAsync(Stream to, string text) => to.WriteAsync(Encoding.UTF8.GetBytes(text));
}

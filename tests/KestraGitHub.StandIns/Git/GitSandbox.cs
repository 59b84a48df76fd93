using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace KestraGitHub.StandIns.Git;

/// <summary>A file of a commit to make; a mode other than a plain file's makes it a link, a program or a submodule.</summary>
public sealed record SandboxFile(byte[] Content, string Mode = "100644")
{
    public static SandboxFile Of(string text) => new(Encoding.UTF8.GetBytes(text));

    public static SandboxFile Link(string target) => new(Encoding.UTF8.GetBytes(target), "120000");

    public static SandboxFile Submodule(string commit) => new(Encoding.ASCII.GetBytes(commit), "160000");

    public static implicit operator SandboxFile(string text) => Of(text);
}

public sealed record SandboxCommit(string Id, string Author, string Committer, string Message);

/// <summary>Bare repositories in a temporary folder, written with plumbing: any name, any mode, any history, no work tree.</summary>
public sealed class GitSandbox : IDisposable
{
    private int _clock = 1_700_000_000;

    /// <param name="root">Where they lie; without it, in a new folder among the machine's temporary ones.</param>
    public GitSandbox(string? root = null)
    {
        Root = root ?? Path.Combine(Path.GetTempPath(), "kestra-github-git-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    public string PathOf(string repository) => Path.Combine(Root, repository);

    public string Create(string repository = "repo.git", bool sha256 = false)
    {
        Run(Root, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=" + (sha256 ? "sha256" : "sha1"), repository]);
        Run(PathOf(repository), ["config", "http.receivepack", "true"]);
        return PathOf(repository);
    }

    /// <summary>A commit with exactly these files, after <paramref name="parent"/> (the branch's tip when null and <paramref name="orphan"/> is false).</summary>
    public string Commit(string repository, string branch, IReadOnlyDictionary<string, SandboxFile> files, string message = "a commit", bool orphan = false)
    {
        using var input = new MemoryStream();
        Write(input, $"commit refs/heads/{branch}\ncommitter A Person <a@example.org> {_clock++} +0000\n");
        Data(input, Encoding.UTF8.GetBytes(message));
        var parent = orphan ? null : Tip(repository, branch);
        if (parent is not null) Write(input, $"from {parent}\n");
        Write(input, "deleteall\n");
        foreach (var (path, file) in files)
        {
            if (file.Mode == "160000")
            {
                Write(input, $"M 160000 {Encoding.ASCII.GetString(file.Content)} {Quote(path)}\n");
                continue;
            }

            Write(input, $"M {file.Mode} inline {Quote(path)}\n");
            Data(input, file.Content);
        }

        Run(PathOf(repository), ["fast-import", "--quiet", "--force"], input.ToArray());
        return Tip(repository, branch)!;
    }

    public string? Tip(string repository, string branch)
    {
        var tip = Run(PathOf(repository), ["for-each-ref", "--format=%(objectname)", $"refs/heads/{branch}"]).Trim();
        return tip.Length == 0 ? null : tip;
    }

    /// <summary>What a branch holds: path to mode, blob id and text. Empty where there is no such branch.</summary>
    public IReadOnlyDictionary<string, (string Mode, string Id, string Text)> Files(string repository, string branch)
    {
        if (Tip(repository, branch) is not { } tip) return new Dictionary<string, (string, string, string)>();
        return Run(PathOf(repository), ["ls-tree", "-r", "-z", tip]).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (Words: line.Split('\t')[0].Split(' '), Path: line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]))
            .ToDictionary(
                e => e.Path,
                e => (e.Words[0], e.Words[2], e.Words[1] == "blob" ? Run(PathOf(repository), ["cat-file", "blob", e.Words[2]]) : ""),
                StringComparer.Ordinal);
    }

    /// <summary>The commits of a branch, newest first.</summary>
    public IReadOnlyList<SandboxCommit> Log(string repository, string branch) =>
        Tip(repository, branch) is not { } tip ? [] : [.. Run(PathOf(repository), ["log", "--format=%H%x00%an <%ae>%x00%cn <%ce>%x00%B%x01", tip])
            .Split('\u0001', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(c => c.Length > 0)
            .Select(c => c.Split('\0')).Select(c => new SandboxCommit(c[0], c[1], c[2], c[3].TrimEnd()))];

    /// <summary>A commit whose tree is written byte by byte: for names that no tool would let through.</summary>
    public string CommitRaw(string repository, string branch, IReadOnlyList<(string Mode, byte[] Name, string Id)> entries)
    {
        using var tree = new MemoryStream();
        foreach (var (mode, name, id) in entries)
        {
            Write(tree, mode + " ");
            tree.Write(name);
            tree.WriteByte(0);
            tree.Write(Convert.FromHexString(id));
        }

        var treeId = Run(PathOf(repository), ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], tree.ToArray()).Trim();
        var commit = Run(PathOf(repository), ["commit-tree", treeId, "-m", "raw"]).Trim();
        Run(PathOf(repository), ["update-ref", "refs/heads/" + branch, commit]);
        return commit;
    }

    public string Blob(string repository, byte[] content) => Run(PathOf(repository), ["hash-object", "-w", "--stdin"], content).Trim();

    /// <summary>git in one of the repositories, with nobody's settings; its output.</summary>
    public static string Run(string folder, IReadOnlyList<string> arguments, byte[]? input = null, int mayEndWith = 0)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("GIT_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in new[] { ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("LC_ALL", "C") }) start.Environment[name] = value;
        foreach (var role in new[] { "AUTHOR", "COMMITTER" }) (start.Environment[$"GIT_{role}_NAME"], start.Environment[$"GIT_{role}_EMAIL"]) = ("A Person", "a@example.org");
        using var git = Process.Start(start)!;
        var errors = git.StandardError.ReadToEndAsync();
        var writing = Task.Run(() =>
        {
            using var stdin = git.StandardInput.BaseStream;
            stdin.Write(input ?? []);
        });
        var output = git.StandardOutput.ReadToEnd();
        writing.Wait();
        git.WaitForExit();
        return git.ExitCode == 0 || git.ExitCode == mayEndWith ? output : throw new InvalidOperationException($"git {arguments[0]} ended with {git.ExitCode}: {errors.Result}");
    }

    public void Dispose()
    {
        if (Directory.Exists(Root)) Directory.Delete(Root, recursive: true);
    }

    private static void Data(Stream to, byte[] content)
    {
        Write(to, string.Create(CultureInfo.InvariantCulture, $"data {content.Length}\n"));
        to.Write(content);
        to.WriteByte((byte)'\n');
    }

    private static void Write(Stream to, string text) => to.Write(Encoding.UTF8.GetBytes(text));

    private static string Quote(string path) =>
        "\"" + path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";
}

using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Sync;

/// <summary>
/// Counts how often the service starts git: a script of that name stands before it on the PATH, writes one byte and becomes git. It costs a
/// millisecond each time. What git starts itself (its helper for http) is not counted.
/// </summary>
internal sealed class GitCount
{
    private readonly string _folder;
    private readonly string _count;

    public GitCount(string folder)
    {
        (_folder, _count) = (folder, Path.Combine(folder, "count"));
        var git = SearchPath.Split(':').Select(f => Path.Combine(f, "git")).FirstOrDefault(File.Exists) ?? throw new BenchmarkException("git is not on the PATH.");
        var script = Path.Combine(folder, "git");
        File.WriteAllText(_count, "");
        File.WriteAllText(script, $"#!/bin/sh\nprintf x >> {_count}\nexec {git} \"$@\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The PATH with the script on it.</summary>
    public string ServicePath => $"{_folder}:{SearchPath}";

    public long Value => new FileInfo(_count).Length;

    private static string SearchPath => Environment.GetEnvironmentVariable("PATH") ?? "";
}

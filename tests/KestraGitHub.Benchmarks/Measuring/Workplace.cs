namespace KestraGitHub.Benchmarks.Measuring;

/// <summary>A new folder on a real disk, gone afterwards. Durable writes on a file system in memory would measure nothing.</summary>
internal sealed class Workplace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("kestra-github-bench-").FullName;

    public string Sub(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    public Workplace() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        Child.KillAll();
        Dispose();
    };

    public void Dispose()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}

using System.Collections.Concurrent;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>One service and one Git server for all cases of a test run: each case brings a repository, a Kestra and a definition of its own.</summary>
internal sealed class Workshop
{
    public const string SecretInUrl = "canary-in-the-url";
    public const string SecretOfEnvironment = "canary-of-the-environment";

    public const string CloneToken = "a-token-that-only-clones";
    public const string ScopedCloneToken = "a-token-that-clones-elsewhere";

    private static readonly Lazy<Task<Workshop>> One = new(StartAsync);

    private Workshop(GitSandbox git, GitHttpServer server, ServiceProcess service) => (Git, Server, Service) = (git, server, service);

    public GitSandbox Git { get; }

    public GitHttpServer Server { get; }

    public ServiceProcess Service { get; }

    /// <summary>So many cases go on at a time: more would only wait for each other.</summary>
    public static SemaphoreSlim Places { get; } = new(6);

    public static Task<Workshop> SharedAsync() => One.Value;

    /// <summary>Quick enough for tests, and else as it comes.</summary>
    public static Dictionary<string, string> Settings() => new()
    {
        ["Runs__Workers"] = "8", ["Runs__RetryDelay"] = "00:00:00.3", ["Runs__RetryDelayMax"] = "00:00:01", ["Runs__MaxAttempts"] = "4",
        ["Kestra__WriteTimeout"] = "PT3S", ["Kestra__ReadTimeout"] = "PT8S",
        ["Clones__Tokens__0"] = CloneToken, ["Clones__Tokens__1__Value"] = ScopedCloneToken, ["Clones__Tokens__1__Scope"] = "main/elsewhere",
        ["SECRET_TOKEN_OF_GIT"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(SecretOfEnvironment)),
    };

    private static async Task<Workshop> StartAsync()
    {
        var git = new GitSandbox();
        var service = new ServiceProcess(Directory.CreateDirectory(Path.Combine(git.Root, "service")).FullName, Settings());
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            service.Kill();
            git.Dispose();
        };
        var server = await GitHttpServer.StartAsync(git.Root);
        await service.StartAsync();
        return new Workshop(git, server, service);
    }
}

/// <summary>A table of cases that go on beside each other; each test waits for its own.</summary>
internal sealed class Table<T>(Func<string, Task<T>> run)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<T>>> _all = new();

    public async Task<T> OutcomeAsync(string name, IEnumerable<string> names)
    {
        foreach (var one in names) _ = Started(one).Value;
        return await Started(name).Value;
    }

    private Lazy<Task<T>> Started(string name) => _all.GetOrAdd(name, n => new Lazy<Task<T>>(() => Task.Run(async () =>
    {
        await Workshop.Places.WaitAsync();
        try
        {
            return await run(n);
        }
        finally
        {
            Workshop.Places.Release();
        }
    })));
}

using System.Globalization;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.Shipping;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>A checkout, a stand-in Kestra, and the built binary as a job of CI calls it.</summary>
internal sealed class CliBench : IAsyncDisposable
{
    private const string User = "admin@kestra.io";
    private static int _count;
    private readonly string _root;

    private CliBench(KestraStandIn kestra, string root) => (Kestra, _root) = (kestra, root);

    public KestraStandIn Kestra { get; }

    public string KestraUrl => Kestra.BaseUrl.GetLeftPart(UriPartial.Authority);

    public string Checkout => Path.Combine(_root, "a checkout with ä");

    public Dictionary<string, string> Environment { get; } = new() { ["Kestra__Username"] = User, ["Kestra__Password"] = "Kestra1234", ["NO_COLOR"] = "1" };

    public Dictionary<string, string> Flows => Kestra.State.ListFlows().ToDictionary(f => $"{f.Namespace}/{f.Id}", f => f.Source);

    public static async Task<CliBench> StartAsync(string version = "2.0")
    {
        var kestra = await KestraStandIn.StartAsync(new KestraStandInOptions { Version = version });
        var root = Path.Combine((await Workshop.SharedAsync()).Git.Root, string.Create(CultureInfo.InvariantCulture, $"cli-{Interlocked.Increment(ref _count)}"));
        var bench = new CliBench(kestra, root);
        Directory.CreateDirectory(bench.Checkout);
        GitSandbox.Run(bench.Checkout, ["init", "--quiet", "--initial-branch=main", "."]);
        bench.Write("_flows/a.yaml", SyncCase.Flow("a"));
        bench.Commit();
        return bench;
    }

    public string PathOf(string name) => Path.Combine(_root, name);

    public string Write(string path, string text)
    {
        var file = Path.Combine(Checkout, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public string Commit(string message = "a commit")
    {
        GitSandbox.Run(Checkout, ["add", "--all"]);
        GitSandbox.Run(Checkout, ["commit", "--quiet", "--message", message]);
        return GitSandbox.Run(Checkout, ["rev-parse", "HEAD"]).Trim();
    }

    /// <summary>A definition beside the checkout, with one SyncFlows task.</summary>
    public string Define(string task = "", string flow = "", string name = "definition.yaml")
    {
        var path = PathOf(name);
        File.WriteAllText(
            path, $"id: sync\nnamespace: system\n{flow}\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.SyncFlows\n    url: https://github.com/acme/flows\n"
            + $"    branch: main\n    username: git\n    password: \"{{{{ secret('NOT_NEEDED_HERE') }}}}\"\n    targetNamespace: prod\n{string.Concat(task.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"    {l}\n"))}");
        return path;
    }

    /// <summary>As where nobody has said anything about a Kestra.</summary>
    public CliBench WithoutEnvironment()
    {
        Environment.Clear();
        return this;
    }

    public Task<CommandResult> RunAsync(params string[] arguments) => CommandResult.OfAsync(arguments, Environment, Checkout);

    /// <summary>With the Kestra and namespace of this bench.</summary>
    public Task<CommandResult> RunHereAsync(string command, params string[] more) => RunAsync([command, "--namespace", "prod", "--kestra-url", KestraUrl, .. more]);

    public async ValueTask DisposeAsync() => await Kestra.DisposeAsync();
}

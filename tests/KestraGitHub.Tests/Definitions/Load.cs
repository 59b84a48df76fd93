using System.Text;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

/// <summary>Loads definitions in a world with one Kestra, a second by name, and a few secrets.</summary>
internal static class Load
{
    public static readonly KestraTarget Default = new("", new Uri("http://localhost:8080"), "main", new("admin@kestra.io", new Secret("default-pw"), null));
    public static readonly KestraTarget Prod = new("prod", new Uri("https://kestra.example/base"), "team", new(null, null, new Secret("prod-token")));

    public static readonly Dictionary<string, string> Secrets = new(StringComparer.Ordinal)
    {
        ["GITHUB_ACCESS_TOKEN"] = "s3cr3t-pat", ["WEBHOOK_KEY"] = "s3cr3t-key", ["KESTRA_PASSWORD"] = "s3cr3t-pw", ["EMPTY"] = "", ["URL_WITH_PW"] = "https://u:s3cr3t-embedded@h/r",
    };

    public static DefinitionEnvironment World { get; } = new(
        "main", new Dictionary<string, KestraTarget> { [""] = Default, ["prod"] = Prod },
        Secrets.GetValueOrDefault, name => name == "branch" ? "from-env" : null);

    public static DefinitionEnvironment NoTarget { get; } = World with { Targets = new Dictionary<string, KestraTarget>() };

    public static ParsedDefinition Text(string yaml, DefinitionEnvironment? world = null) => DefinitionParser.Parse("a.yml", Encoding.UTF8.GetBytes(yaml), world ?? World);

    public static Definition Good(string yaml, DefinitionEnvironment? world = null)
    {
        var parsed = Text(yaml, world);
        Assert.Empty(parsed.Faults);
        return parsed.Definition!;
    }

    /// <summary>The one fault of a broken definition.</summary>
    public static Fault Fault(string yaml, DefinitionEnvironment? world = null)
    {
        var parsed = Text(yaml, world);
        Assert.Null(parsed.Definition);
        var fault = Assert.Single(parsed.Faults);
        Assert.NotEmpty(fault.Cure);
        Assert.DoesNotContain("s3cr3t", fault.ToString(), StringComparison.Ordinal);
        return fault;
    }

    /// <summary>A flow with one SyncFlows task; <paramref name="task"/> are further lines of it, <paramref name="flow"/> of the flow.</summary>
    public static string Sync(string task = "", string flow = "", string url = "https://github.com/o/r", string target = "git") =>
        $"id: sync\nnamespace: system\n{flow}\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.SyncFlows\n    url: {url}\n    targetNamespace: {target}\n" +
        string.Concat(task.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"    {l}\n"));

    public static SyncTask Render(string yaml, DefinitionEnvironment? world = null, params (string Path, string Json)[] payload)
    {
        var definition = Good(yaml, world);
        return TaskRenderer.Render(definition, definition.Tasks[0], new(world ?? World, payload.ToDictionary(p => p.Path, p => p.Json)));
    }

    public static RenderException Refuse(string yaml, params (string Path, string Json)[] payload) => Assert.Throws<RenderException>(() => Render(yaml, null, payload));

    public static string RepositoryFile(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "KestraGitHub.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, path);
    }

    public static string Data(string path) => RepositoryFile(Path.Combine("tests/KestraGitHub.Tests/Definitions/Data", path));
}

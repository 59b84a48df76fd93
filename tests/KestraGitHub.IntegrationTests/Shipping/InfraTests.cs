using System.Text.RegularExpressions;
using KestraGitHub.IntegrationTests.EndToEnd;
using YamlDotNet.Serialization;

namespace KestraGitHub.IntegrationTests.Shipping;

/// <summary>What operators are handed: the files parse, and every setting in them is one that the service knows, with a value that it takes.</summary>
public sealed partial class InfraTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kestra-github-infra-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public Task The_service_starts_with_the_settings_of_compose()
    {
        var service = Map(Map(Load("infra/compose.yaml")["services"])["kestra-github"]);
        return StartsAsync(Map(service["environment"]).ToDictionary(e => e.Key, e => Given((string)e.Value)));
    }

    [Fact]
    public Task The_service_starts_with_the_settings_of_Kubernetes()
    {
        var settings = Map(Load("infra/kubernetes/secret.example.yaml")["stringData"]).ToDictionary(e => e.Key, e => (string)e.Value);
        foreach (var entry in List(Container()["env"]).Select(Map)) settings[(string)entry["name"]] = (string)entry["value"];
        return StartsAsync(settings);
    }

    [Theory]
    [InlineData("infra/systemd/kestra-github.service", "Environment=")]
    [InlineData("Dockerfile", "ENV ")]
    public Task The_service_starts_with_the_settings_of(string file, string before) => StartsAsync(
        Text(file).Split('\n').Where(l => l.StartsWith(before, StringComparison.Ordinal)).SelectMany(l => l[before.Length..].Split(' '))
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]));

    [Fact]
    public void The_pods_stop_later_than_the_service_and_mount_what_they_name()
    {
        var pod = Pod();
        Assert.True(int.Parse((string)pod["terminationGracePeriodSeconds"], null) > 30);
        Assert.Equal(Map(Map(Load("infra/kubernetes/service.yaml")["spec"])["selector"]), Map(Map(Map(Spec()["template"])["metadata"])["labels"]));
        Assert.Equal(Map(Map(Map(Load("infra/kubernetes/disruption.yaml")["spec"])["selector"])["matchLabels"]), Map(Map(Spec()["selector"])["matchLabels"]));
        var volumes = List(pod["volumes"]).Select(v => (string)Map(v)["name"])
            .Concat(List(Spec()["volumeClaimTemplates"]).Select(v => (string)Map(Map(v)["metadata"])["name"]));
        Assert.Equal(volumes.Order(), List(Container()["volumeMounts"]).Select(m => (string)Map(m)["name"]).Order());
    }

    [Fact]
    public async Task The_definitions_beside_them_load()
    {
        var checkedFiles = await CommandResult.OfAsync(["validate", Path.Combine(Root, "infra/kubernetes/definitions")]);
        Assert.True(checkedFiles.Code == 0, checkedFiles.ToString());
        Assert.Contains("1 definitions, 0 broken", checkedFiles.Output, StringComparison.Ordinal);
        var kustomization = Load("infra/kubernetes/kustomization.yaml");
        Assert.All(
            List(kustomization["resources"]).Concat(List(kustomization["configMapGenerator"]).SelectMany(g => List(Map(g)["files"]))),
            file => Assert.True(File.Exists(Path.Combine(Root, "infra/kubernetes", (string)file)), (string)file));
    }

    [Fact]
    public void The_hosted_run_is_the_two_commands_of_the_README()
    {
        var steps = List(Map(Map(Load(".github/workflows/ci.yml")["jobs"])["test"])["steps"]).Select(Map).Where(s => s.ContainsKey("run")).Select(s => (string)s["run"]).ToList();
        var commands = Text("README.md").Split('\n').SkipWhile(l => l != "```").Skip(1).TakeWhile(l => l != "```").Select(l => l.Split('#')[0].Trim()).Take(2).ToList();
        // The others make the machine ready.
        var own = steps.Where(s => commands.Exists(c => s.StartsWith(c, StringComparison.Ordinal))).ToList();
        Assert.Equal(2, own.Count);
        Assert.All(commands.Zip(own), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    /// <summary>All but the place of its files, the port and the database, which are this machine's.</summary>
    private async Task StartsAsync(Dictionary<string, string> settings)
    {
        Assert.NotEmpty(settings);
        settings["Storage__ConnectionString"] = "";
        await using var service = new ServiceProcess(_folder.FullName, settings);
        // It refuses to start on a key that it does not know, and on a value that it cannot take.
        await service.StartAsync();
    }

    /// <summary>What Compose makes of <c>${NAME:-default}</c> and <c>${NAME:?complaint}</c>.</summary>
    private static string Given(string value) => Variable().Replace(value, m => m.Groups["default"].Success ? m.Groups["default"].Value : "Given1234");

    private static Dictionary<string, object> Spec() => Map(Load("infra/kubernetes/statefulset.yaml")["spec"]);

    private static Dictionary<string, object> Pod() => Map(Map(Spec()["template"])["spec"]);

    private static Dictionary<string, object> Container() => Map(Assert.Single(List(Pod()["containers"])));

    private static Dictionary<string, object> Load(string file) => Map(new DeserializerBuilder().Build().Deserialize<object>(Text(file))!);

    private static Dictionary<string, object> Map(object value) => ((Dictionary<object, object>)value).ToDictionary(e => (string)e.Key, e => e.Value);

    private static List<object> List(object value) => (List<object>)value;

    private static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "KestraGitHub.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"\$\{\w+(:-(?<default>[^}]*))?(:\?[^}]*)?\}")]
    private static partial Regex Variable();
}

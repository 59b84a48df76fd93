using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KestraGitHub.IntegrationTests.EndToEnd;

/// <summary>The documents that are committed are those that the built service serves.</summary>
public sealed partial class ContractTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kg-contract-").FullName;
    private ServiceProcess _service = null!;

    public async Task InitializeAsync()
    {
        _service = new ServiceProcess(_folder, new Dictionary<string, string>());
        await _service.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("/openapi/v1.json", "kestra-github.json")]
    [InlineData("/openapi/definition.schema.json", "definition.schema.json")]
    [InlineData("/openapi/x-kestra-github.schema.json", "x-kestra-github.schema.json")]
    public async Task The_committed_document_is_the_served_one(string address, string file)
    {
        var served = JsonNode.Parse(await _service.Http.GetStringAsync(address));
        var committed = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Root(), "openapi", file)));
        var options = new JsonSerializerOptions { WriteIndented = true };
        Assert.True(
            JsonNode.DeepEquals(committed, served),
            $"openapi/{file} is not what the service serves: build the solution and commit the file.\n{served!.ToJsonString(options)}");
    }

    [Fact]
    public async Task Boards_and_rules_name_metrics_that_the_service_has()
    {
        // The first delivery and the first drift make theirs.
        using var wrong = await _service.Http.PostAsync("/webhook/main/no/such/key", new StringContent("{}"));
        var text = await _service.Http.GetStringAsync("/metrics");
        var known = text.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('{', ' ')[0]).Append("kestra_github_drifted_objects").Append("kestra_github_kestra_reachable").ToHashSet();
        foreach (var file in (string[])["infra/grafana/kestra-github.json", "infra/prometheus/alerts.yaml"])
        {
            var named = MetricName().Matches(await File.ReadAllTextAsync(Path.Combine(Root(), file))).Select(m => m.Value).ToHashSet();
            Assert.True(named.Count >= 8, file);
            Assert.True(named.IsSubsetOf(known), $"{file} names what /metrics does not have: {string.Join(", ", named.Except(known))}");
        }
    }

    [GeneratedRegex(@"\b(kestra_github|http_server|dotnet)_\w+\b(?!\.)")]
    private static partial Regex MetricName();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "KestraGitHub.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}

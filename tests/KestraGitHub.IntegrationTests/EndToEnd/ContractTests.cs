using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.IntegrationTests.EndToEnd;

/// <summary>The documents that are committed are those that the built service serves.</summary>
public sealed class ContractTests : IAsyncLifetime
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

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "KestraGitHub.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}

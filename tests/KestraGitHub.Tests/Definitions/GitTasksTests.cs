using System.Text.Json;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

/// <summary>Our table of properties against what real servers state.</summary>
public class GitTasksTests
{
    // What newer versions added after those servers (plugin-git.md, section 5.0), and what only its source has (3.1).
    private static readonly string[] Newer =
        ["failOnMissingBranch", "pushMode", "strictHostKeyChecking", "knownHosts", "namespaceDirectory", "sourceOfTruthOverrides", "includeChildNamespaces", "kestraUrl", "pluginDefaultsRef", "url", "commitMessage"];

    private static readonly JsonElement Stated = JsonDocument.Parse(File.ReadAllText(Load.Data("plugin-git-properties.json"))).RootElement;

    private static IEnumerable<JsonProperty> Servers => Stated.EnumerateObject().Where(p => p.Name.StartsWith("plugin-git", StringComparison.Ordinal));

    public static TheoryData<string, string> Types()
    {
        var data = new TheoryData<string, string>();
        foreach (var server in Servers)
            foreach (var type in server.Value.EnumerateObject().Where(t => t.Value.ValueKind == JsonValueKind.Object)) data.Add(server.Name, type.Name);
        return data;
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_stated_property_is_known_with_its_type_default_and_enum(string server, string type)
    {
        var ours = Table(type).ToDictionary(s => s.Name);
        foreach (var (name, stated) in Properties(server, type))
        {
            Assert.True(ours.TryGetValue(name, out var spec), $"{type}.{name}");
            Assert.Equal((name, Kind(stated)), (name, spec.Kind));
            if (stated.TryGetProperty("enum", out var values)) Assert.Equal(values.EnumerateArray().Select(v => v.GetString()!), spec.Enum);
            if (stated.TryGetProperty("default", out var value) && value.ValueKind != JsonValueKind.Object && name != "timezone") Assert.Equal((name, value.ToString().ToLowerInvariant()), (name, spec.Default?.ToLowerInvariant()));
            if (stated.TryGetProperty("required", out _)) Assert.True(spec.Required, $"{type}.{name}");
        }
    }

    [Fact]
    public void No_property_is_known_that_no_server_states_and_no_newer_version_has()
    {
        foreach (var type in GitTasks.All.Keys)
        {
            var stated = Servers.SelectMany(s => s.Value.GetProperty(type).ValueKind == JsonValueKind.Object ? Properties(s.Name, type).Select(p => p.Name) : []).ToHashSet();
            Assert.Empty(GitTasks.All[type].Select(s => s.Name).Except(stated).Except(Newer));
            Assert.Equal(GitTasks.All[type].Count, GitTasks.All[type].Select(s => s.Name).Distinct().Count());
        }
    }

    [Fact]
    public void Every_common_member_is_known()
    {
        var stated = Stated.GetProperty("common").EnumerateObject().SelectMany(v => v.Value.EnumerateArray().Select(n => n.GetString()!)).Distinct();
        Assert.Equal(stated.Order(), GitTasks.Common.Select(s => s.Name).Order());
    }

    [Fact]
    public void The_schema_of_our_own_keys_names_the_keys_that_are_read()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Load.RepositoryFile("openapi/x-kestra-github.schema.json")));
        Assert.Equal(OptionsReader.Keys.Select(k => k.Name), schema.RootElement.GetProperty("properties").EnumerateObject().Select(p => p.Name));
    }

    private static IReadOnlyList<PropertySpec> Table(string type) => type switch { "Schedule" => FlowMembers.Schedule, "Webhook" => FlowMembers.Webhook, _ => GitTasks.All[type] };

    private static IEnumerable<(string Name, JsonElement Stated)> Properties(string server, string type) =>
        Stated.GetProperty(server).GetProperty(type).EnumerateObject().Where(p => p.Name[0] != '_').Select(p => (p.Name, p.Value));

    private static PropertyKind Kind(JsonElement stated) => stated.GetProperty("type").GetString() switch
    {
        "string" when stated.TryGetProperty("default", out var d) && d.ToString() == "true" => PropertyKind.Any,
        "string" => PropertyKind.Text,
        "boolean" => PropertyKind.Flag,
        "integer" => PropertyKind.Number,
        "array<string>" => PropertyKind.TextList,
        "string|array<string>" => PropertyKind.TextOrList,
        "object|string" => PropertyKind.ObjectOrText,
        "object" or "Push-Author" or "Push-FlowFiles" or "NamespaceFiles" => PropertyKind.Map,
        { } t when t.EndsWith("-Auth", StringComparison.Ordinal) => PropertyKind.Auth,
        _ => PropertyKind.Any,
    };
}

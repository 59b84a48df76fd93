using System.Text.Json.Nodes;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public sealed class DefinitionSchemaTests
{
    [Fact]
    public void The_committed_schema_is_the_one_of_the_tables() => Assert.Equal(
        File.ReadAllText(Load.RepositoryFile("openapi/definition.schema.json")).TrimEnd(), DefinitionSchema.Whole(), ignoreLineEndingDifferences: true);

    [Fact]
    public void Every_reference_leads_somewhere_and_every_task_has_its_properties()
    {
        var schema = JsonNode.Parse(DefinitionSchema.Whole())!;
        var definitions = schema["$defs"]!.AsObject();
        Assert.All(References(schema), reference => Assert.True(definitions.ContainsKey(reference["#/$defs/".Length..]), reference));
        foreach (var (name, specs) in GitTasks.All)
            Assert.Subset(definitions[name]!["properties"]!.AsObject().Select(p => p.Key).ToHashSet(), specs.Select(s => s.Name).ToHashSet());
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => m is { Key: "$ref", Value: JsonValue value } ? [value.GetValue<string>()] : References(m.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}

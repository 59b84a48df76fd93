using System.Text.Json;
using System.Text.Json.Nodes;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KestraGitHub.Api;

/// <summary>What answers look like, made by the code that makes the answers: an example cannot be of an older shape.</summary>
internal sealed class OpenApiExamples : ISchemaFilter
{
    private static readonly DateTimeOffset At = new(2026, 11, 26, 3, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<Type, JsonNode> Examples = new()
    {
        [typeof(RunAnswer)] = Json(Run()),
        [typeof(ProblemDetails)] = Json(Problem(ProblemKinds.Named("conflict"), "The run has ended already: succeeded.")),
    };

    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is OpenApiSchema own && Examples.TryGetValue(context.Type, out var example)) own.Examples = [example.DeepClone()];
    }

    private static RunAnswer Run()
    {
        const string commit = "1f3c9a2b7d5e4f60818293a4b5c6d7e8f9012345";
        var row = new RunRow(
            "01a21646ffc67000890b6e8cacc0e48b", new SyncKey("main", "company.team", "sync-flows"),
            new RunTrigger("webhook", "github", "ann", "0b5d6f7e-6b1a-11f0-9c53-0242ac120002", "refs/heads/main", commit), RunState.Succeeded, null, false, null, commit,
            "Mend the night run", "Ann", 1, At, At.AddSeconds(2), At.AddSeconds(2), At.AddSeconds(4), new RunCounts(Updated: 1, Unchanged: 140), null, null, false, 1, 0,
            new Dictionary<string, string>());
        return RunAnswer.From(
            row, [new ChangeRow("git", ResourceKind.Flow.Word(), "company.team", "night-run", "_flows/night-run.yaml", "updated", "Git has another text", "7", "8", 2, 1)],
            sources: [new SourceRow("git", "https://github.com/acme/flows", "refs/heads/main", commit, Made: false)]);
    }

    private static ProblemDetails Problem(Access.ProblemKind kind, string detail) => new() { Type = kind.Address, Title = kind.Title, Status = kind.Status, Detail = detail };

    private static JsonNode Json<T>(T value)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);
        return JsonSerializer.SerializeToNode(value, options)!;
    }
}

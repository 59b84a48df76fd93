using System.Text.Json;
using System.Text.Json.Nodes;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KestraGitHub.Api;

/// <summary>What answers look like, made by the code that makes the answers: an example cannot be of an older shape.</summary>
internal sealed class OpenApiExamples : ISchemaFilter
{
    private static readonly DateTimeOffset At = new(2026, 11, 26, 3, 0, 0, TimeSpan.Zero);

    private const string Commit = "1f3c9a2b7d5e4f60818293a4b5c6d7e8f9012345";
    private const string RunId = "01a21646ffc67000890b6e8cacc0e48b";
    private const string Guid = "0b5d6f7e-6b1a-11f0-9c53-0242ac120002";

    private static readonly SyncKey Key = new("main", "company.team", "sync-flows");

    private static readonly Dictionary<Type, JsonNode> Examples = new()
    {
        [typeof(RunAnswer)] = Json(Run()),
        [typeof(SyncAnswer)] = Json(Sync()),
        [typeof(DeliveryAnswer)] = Json(Delivery()),
        [typeof(AuditAnswer)] = Json(Audit()),
        [typeof(DefinitionsAnswer)] = Json(Definitions()),
        [typeof(PageAnswer<RunAnswer>)] = Page(InList(Run())),
        [typeof(PageAnswer<SyncAnswer>)] = Page(Sync()),
        [typeof(PageAnswer<DeliveryAnswer>)] = Page(Delivery()),
        [typeof(PageAnswer<AuditAnswer>)] = Page(Audit()),
        [typeof(ProblemDetails)] = Json(Problem(ProblemKinds.Named("conflict"), "The run has ended already: succeeded.")),
    };

    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is OpenApiSchema own && Examples.TryGetValue(context.Type, out var example)) own.Examples = [example.DeepClone()];
    }

    private static RunAnswer Run()
    {
        var row = new RunRow(
            RunId, Key, new RunTrigger("webhook", "github", "ann", Guid, "refs/heads/main", Commit), RunState.Succeeded, null, false, null, Commit,
            "Mend the night run", "Ann", 1, At, At.AddSeconds(2), At.AddSeconds(2), At.AddSeconds(4), new RunCounts(Updated: 1, Unchanged: 140), null, null, false, 1, 0,
            new Dictionary<string, string>());
        return RunAnswer.From(
            row, [new ChangeRow("git", ResourceKind.Flow.Word(), "company.team", "night-run", "_flows/night-run.yaml", "updated", "Git has another text", "7", "8", 2, 1)],
            sources: [new SourceRow("git", "https://github.com/acme/flows", "refs/heads/main", Commit, Made: false)]);
    }

    private static RunAnswer InList(RunAnswer run) => run with { Changes = null, Sources = null };

    private static SyncAnswer Sync() => new(
        Key.Tenant, Key.Namespace, Key.Flow, "team/sync-flows.yaml", "Brings the team's flows to Kestra", false, SyncStanding.InSync,
        [new TaskAnswer("git", "io.kestra.plugin.git.SyncFlows", TaskStanding.Runs)],
        [new TriggerAnswer("github", "webhook", null, null, false), new TriggerAnswer("nightly", "schedule", "0 3 * * *", "UTC", false)],
        "/webhook/main/company.team/sync-flows/{key}", InList(Run()), null, At.AddDays(1), [], [], null) { Drift = new DriftAnswer(null, At.AddHours(1), null, []) };

    private static DeliveryAnswer Delivery() => DeliveryAnswer.From(new DeliveryRow(
        Guid, Key, "github", At, "push", null, "refs/heads/main", "5d41402abc4b2a76b9719d911017c592aa3c1f00", Commit, "acme/flows", "ann",
        new Dictionary<string, string> { ["x-github-event"] = "push" }, 7313, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 1, "queued", null, RunId));

    private static AuditAnswer Audit() => new(At, "ann", "operator", "api", "run", Key, RunId, "dry run", "done", StatusCodes.Status202Accepted);

    private static DefinitionsAnswer Definitions() => new("git", new DefinitionCounts(12, 0))
    {
        Url = "https://github.com/acme/definitions", Branch = "main", Directory = "", Head = Commit, InForce = new DefinitionsCommit(Commit, "Add the night run", "Ann", At),
    };

    private static JsonNode Page<T>(T item) => Json(new PageAnswer<T>([item], null));

    private static ProblemDetails Problem(Access.ProblemKind kind, string detail) => new() { Type = kind.Address, Title = kind.Title, Status = kind.Status, Detail = detail };

    private static JsonNode Json<T>(T value)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);
        return JsonSerializer.SerializeToNode(value, options)!;
    }
}

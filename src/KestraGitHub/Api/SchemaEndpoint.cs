using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Api;

/// <summary><c>/openapi/x-kestra-github.schema.json</c>: what editors check our part of a definition with.</summary>
internal static class SchemaEndpoint
{
    private const string Resource = "x-kestra-github.schema.json";

    public static void MapSchema(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/openapi/" + Resource, Read).WithTags("Documents").WithName("DefinitionSchema")
            .WithSummary("JSON schema of the key x-kestra-github of a definition").ExcludeFromDescription();

    private static Results<FileStreamHttpResult, ProblemHttpResult> Read() =>
        typeof(SchemaEndpoint).Assembly.GetManifestResourceStream(Resource) is { } schema
            ? TypedResults.Stream(schema, "application/schema+json")
            : Problems.NotFound("document");
}

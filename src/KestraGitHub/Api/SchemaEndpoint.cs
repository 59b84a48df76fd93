using KestraGitHub.Definitions;

namespace KestraGitHub.Api;

/// <summary>What editors check definitions with: <c>/openapi/definition.schema.json</c>, and of our own key alone <c>/openapi/x-kestra-github.schema.json</c>.</summary>
internal static class SchemaEndpoint
{
    private const string Media = "application/schema+json";

    public static void MapSchema(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi/definition.schema.json", () => TypedResults.Text(DefinitionSchema.Whole(), Media)).WithName("DefinitionSchema").ExcludeFromDescription();
        routes.MapGet("/openapi/x-kestra-github.schema.json", () => TypedResults.Text(DefinitionSchema.OwnKey, Media)).WithName("OwnKeySchema").ExcludeFromDescription();
    }
}

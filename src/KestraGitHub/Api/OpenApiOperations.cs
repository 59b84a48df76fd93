using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KestraGitHub.Api;

/// <summary>Adds what the code's signatures do not say: who may call, the optional body, the limits of parameters.</summary>
internal sealed class OpenApiOperations(string scheme) : IOperationFilter
{
    private static readonly Dictionary<string, (string Text, Func<OpenApiSchema> Schema)> Parameters = new()
    {
        ["limit"] = ("How many at most.", () => new()
        {
            Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = $"{PageWish.Most}", Default = JsonValue.Create(PageWish.Default),
        }),
        ["cursor"] = ("The `next` of the page before.", () => new() { Type = JsonSchemaType.String }),
        ["after"] = ("The `seq` of the last event that is known.", () => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" }),
        ["state"] = ("Only runs in this state.", () => new()
        {
            Type = JsonSchemaType.String, Enum = [.. RunEndpoints.StateWords().Select(w => JsonValue.Create(w)!)],
        }),
        ["tenant"] = ("The definition's tenant, e.g. `main`.", () => new() { Type = JsonSchemaType.String }),
        ["namespace"] = ("The definition's namespace, e.g. `company.team`.", () => new() { Type = JsonSchemaType.String }),
        ["flow"] = ("The definition's id, e.g. `sync-flows`.", () => new() { Type = JsonSchemaType.String }),
        ["task"] = ("The id of the definition's Clone task.", () => new() { Type = JsonSchemaType.String }),
        ["id"] = ("The run's id.", () => new() { Type = JsonSchemaType.String }),
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            if (Parameters.TryGetValue(parameter.Name ?? string.Empty, out var known))
                (parameter.Description, parameter.Schema) = (known.Text, known.Schema());
        // Those of the API; a webhook of Kestra's form lies below /api too, and has GitHub's guid for a name.
        var isOpen = metadata.OfType<IAllowAnonymous>().Any();
        if (context.ApiDescription.HttpMethod == HttpMethods.Post && !isOpen) NameOf(operation, context);
        if (metadata.OfType<ConditionalGet.Mark>().Any()) AddHeader(operation, "If-None-Match", "The ETag of the answer that is known already: 304 when it still holds.");
        if (metadata.OfType<OpenApiBody>().FirstOrDefault() is { } body)
        {
            operation.RequestBody = BodyOf(body, context);
            AddProblem(operation, context, "413", "The body is too large");
        }

        if (!isOpen) Protect(operation, context);
    }

    private static void NameOf(OpenApiOperation operation, OperationFilterContext context)
    {
        AddHeader(operation, Idempotency.Header, "A name for this request, such as a UUID: the same request under the same name is done once, and gets the first answer again for 24 hours.");
        AddProblem(operation, context, "400", "The key is none");
        AddProblem(operation, context, "422", "The key was used for another request");
    }

    private static void AddProblem(OpenApiOperation operation, OperationFilterContext context, string status, string text) =>
        (operation.Responses ??= []).TryAdd(status, new OpenApiResponse
        {
            Description = text,
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                ["application/problem+json"] = new OpenApiMediaType { Schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemDetails), context.SchemaRepository) },
            },
        });

    private static void AddHeader(OpenApiOperation operation, string name, string text) => (operation.Parameters ??= []).Add(new OpenApiParameter
    {
        Name = name, In = ParameterLocation.Header, Description = text, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    });

    private static OpenApiRequestBody BodyOf(OpenApiBody body, OperationFilterContext context) => new()
    {
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            ["application/json"] = new OpenApiMediaType
            {
                Schema = context.SchemaGenerator.GenerateSchema(body.Type, context.SchemaRepository),
                Example = JsonNode.Parse(body.Example),
            },
        },
    };

    private void Protect(OpenApiOperation operation, OperationFilterContext context)
    {
        operation.Security = [new() { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] }];
        AddProblem(operation, context, "401", "No token, or one that is not known");
        AddProblem(operation, context, "403", "The token's role or scope does not allow it");
    }
}

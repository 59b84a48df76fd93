using KestraGitHub.Access;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KestraGitHub.Api;

/// <summary>The contract, written from the code: <c>/openapi/v1.json</c>, and the page <c>/swagger</c> to try it.</summary>
internal static class OpenApiDocument
{
    public const string Path = "/openapi/v1.json";

    private const string Token = "token";

    private const OpenApiSpecVersion Version = OpenApiSpecVersion.OpenApi3_1;

    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddSingleton<ISerializerDataContractResolver>(
            s => new JsonSerializerDataContractResolver(s.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions));
        services.AddEndpointsApiExplorer();
        // Of the document that the build writes; the one that is served has options of its own.
        services.Configure<Swashbuckle.AspNetCore.Swagger.SwaggerOptions>(o => o.OpenApiVersion = Version);
        return services.AddSwaggerGen(o =>
        {
            o.SwaggerDoc("v1", new()
            {
                Title = "KestraGitHub",
                Version = "v1",
                Description = "Keeps Kestra and Git the same. Errors are problems as of RFC 9457, each type with a page at /problems; times are UTC.",
            });
            o.AddSecurityDefinition(Token, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "One of Api:Tokens, or the one in the file admin-token of the data folder.",
            });
            // Pages and their forms are no contract, and HEAD goes without saying.
            o.DocInclusionPredicate((_, route) => route.HttpMethod != HttpMethods.Head && AccessRules.ForMachines("/" + route.RelativePath));
            o.SupportNonNullableReferenceTypes();
            o.NonNullableReferenceTypesAsRequired();
            o.CustomSchemaIds(SchemaName);
            o.OperationFilter<OpenApiOperations>(Token);
            o.SchemaFilter<OpenApiNulls>();
            o.SchemaFilter<OpenApiExamples>();
        });
    }

    public static void MapOpenApiDocument(this WebApplication app)
    {
        app.MapSwagger("/openapi/{documentName}.json", o =>
        {
            o.OpenApiVersion = Version;
            o.PreSerializeFilters.Add((document, request) =>
            {
                if (request.PathBase.HasValue) document.Servers = [new() { Url = request.PathBase }];
            });
        });
        app.UseSwaggerUI(o =>
        {
            o.DocumentTitle = "KestraGitHub API";
            o.SwaggerEndpoint(".." + Path, "v1");
            o.EnablePersistAuthorization();
        });
    }

    /// <summary>Names as a reader of the contract would choose them: <c>Run</c>, <c>RunPage</c>, <c>SyncList</c>.</summary>
    private static string SchemaName(Type type)
    {
        var name = type.Name.Split('`')[0].Replace("Answer", string.Empty, StringComparison.Ordinal);
        return string.Concat(type.GetGenericArguments().Select(SchemaName)) + name;
    }
}

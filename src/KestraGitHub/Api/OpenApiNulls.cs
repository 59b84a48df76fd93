using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KestraGitHub.Api;

/// <summary>Says of a member that is an object of another schema, or null, that it may be null: a reference alone would not let it.</summary>
internal sealed class OpenApiNulls : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties: { Count: > 0 } members }) return;
        foreach (var property in context.Type.GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (members.TryGetValue(name, out var of) && of is OpenApiSchemaReference && MayBeNull(property))
                members[name] = new OpenApiSchema { OneOf = [of, new OpenApiSchema { Type = JsonSchemaType.Null }] };
        }
    }

    private static bool MayBeNull(PropertyInfo property) =>
        property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.WhenWritingNull }
        && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
}

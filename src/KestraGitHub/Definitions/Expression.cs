using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KestraGitHub.Definitions;

/// <summary>One <c>{{ … }}</c>, parsed. The set is closed: what is not here is refused when the definition loads.</summary>
internal abstract record Expression
{
    public sealed record Literal(TemplateValue Value) : Expression;

    public sealed record SecretOf(string Name) : Expression;

    public sealed record Env(string Name) : Expression;

    public sealed record Flow(string Member) : Expression;

    /// <param name="Path">Key of <see cref="Definition.Variables"/>.</param>
    public sealed record Variable(string Path) : Expression;

    /// <param name="Path">As in <see cref="Definition.PayloadPaths"/>.</param>
    public sealed record Payload(string Path) : Expression;

    /// <summary><c>left ?? right</c>.</summary>
    public sealed record Coalesce(Expression Left, Expression Right) : Expression;

    public sealed record Filter(string Name, Expression Input, Expression? Argument) : Expression;

    /// <summary>The expression and everything in it.</summary>
    public IEnumerable<Expression> All()
    {
        yield return this;
        IEnumerable<Expression?> children = this switch
        {
            Coalesce c => [c.Left, c.Right],
            Filter f => [f.Input, f.Argument],
            _ => [],
        };
        foreach (var child in children)
            if (child is not null)
                foreach (var inner in child.All()) yield return inner;
    }
}

/// <summary>A value while it is rendered. No text means null; then <paramref name="Why"/> says what is missing, or is null where nothing need be there.</summary>
internal readonly record struct TemplateValue(string? Text, string Json, TemplateException? Why = null)
{
    public static TemplateValue Null { get; } = new(null, "null");

    public static TemplateValue OfText(string text) => new(text, JsonSerializer.Serialize(text, TextInfo));

    public static TemplateValue Missing(TemplateException why) => new(null, "null", why);

    public static TemplateValue OfJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.String => new(document.RootElement.GetString(), json),
                JsonValueKind.Null => Null,
                _ => new(json, json),
            };
        }
        catch (JsonException)
        {
            return OfText(json);
        }
    }

    private static readonly JsonTypeInfo<string> TextInfo = (JsonTypeInfo<string>)JsonSerializerOptions.Default.GetTypeInfo(typeof(string));
}

using System.Text.Json;
using System.Text.Unicode;

namespace KestraGitHub.Webhooks;

/// <summary>Reads a payload as what it is: a stranger's JSON. What is missing or of another type than expected is absent, never an error.</summary>
internal static class DeliveryJson
{
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>The document, over <paramref name="bytes"/> themselves; or null and what is wrong, in words that repeat nothing of it.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> bytes, out string fault)
    {
        fault = "";
        if (bytes.Span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        if (!Utf8.IsValid(bytes.Span))
        {
            fault = "The body is not UTF-8.";
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(bytes, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            fault = "The body is JSON, but not an object.";
        }
        catch (JsonException)
        {
            fault = $"The body is not JSON, or it is nested deeper than {MaxDepth} levels.";
        }

        return null;
    }

    public static JsonElement? Member(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair beside ours: JSON's grammar lets it pass, and it cannot be a text.
            return null;
        }
    }

    public static string? Text(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static string? Text(this JsonElement element, string name) => element.Member(name)?.Text();

    public static bool IsTrue(this JsonElement element, string name) => element.Member(name)?.ValueKind == JsonValueKind.True;
}

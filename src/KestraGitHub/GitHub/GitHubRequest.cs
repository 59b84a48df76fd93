using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.GitHub;

/// <param name="Path">Below the API's address, with its query; or a whole address on the same host, as a <c>Link</c> has it.</param>
public sealed record GitHubRequest(HttpMethod Method, string Path)
{
    public JsonNode? Body { get; init; }

    /// <summary>True of what people are told of, which GitHub wants one at a time and slowly.</summary>
    public bool Creates => Method != HttpMethod.Get && !Path.EndsWith("/access_tokens", StringComparison.Ordinal);

    /// <summary>What a message shows: a query may hold what nobody should read.</summary>
    public string Shown => $"{Method.Method} {Path.Split('?')[0]}";
}

/// <summary>What came back.</summary>
/// <param name="Body"><c>Undefined</c> where there was none.</param>
/// <param name="Next">The address of the next page; null at the end.</param>
public sealed record GitHubReply(int Status, JsonElement Body, string? Next)
{
    /// <summary>True: the same as the last time, and it cost nothing.</summary>
    public bool Unchanged { get; init; }

    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public long? Number(string name) => Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    public DateTimeOffset? Time(string name) =>
        DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>The items of a list, or of the list that a member holds.</summary>
    public IEnumerable<JsonElement> Items(string? name = null) =>
        (name is null ? Body : Member(name)) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    private JsonElement Member(string name) => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out var value) ? value : default;
}

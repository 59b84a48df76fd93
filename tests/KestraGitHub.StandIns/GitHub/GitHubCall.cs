using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A call about one repository.</summary>
internal sealed record GitHubCall(HttpContext Http, Repository Repository, JsonObject Body, string BaseUrl)
{
    /// <summary>Whether an App's token came with it.</summary>
    public bool IsApp { get; init; }

    public string Url => BaseUrl + Http.Request.Path.ToUriComponent();

    public int PageSize => Math.Clamp(Number("per_page") ?? 30, 1, 100);

    /// <summary>A part of the path. Routing leaves <c>%2F</c> as it is, which is how branch names come.</summary>
    public string Part(string name) => Uri.UnescapeDataString((string)Http.Request.RouteValues[name]!);

    public long Id(string name) => long.TryParse(Part(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : -1;

    public string? Query(string name) => Http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    public int? Number(string name) => int.TryParse(Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A member of the body when it is text.</summary>
    public string? Text(string name) => TextOf(Body[name]);

    public static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

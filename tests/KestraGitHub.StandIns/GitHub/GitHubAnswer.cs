using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>What a call is answered with; the shapes of GitHub's errors.</summary>
internal sealed record GitHubAnswer(int Status, JsonNode? Body = null, string? Link = null)
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    private const string Docs = "https://docs.github.com/rest";

    public static GitHubAnswer Ok(JsonNode body) => new(200, body);

    public static GitHubAnswer NotFound() => Error(404, "Not Found");

    public static GitHubAnswer Error(int status, string message) =>
        new(status, new JsonObject { ["message"] = message, ["documentation_url"] = Docs, ["status"] = $"{status}" });

    public static GitHubAnswer Invalid(string resource, string field, string code, string? message = null)
    {
        var error = new JsonObject { ["resource"] = resource, ["field"] = field, ["code"] = code };
        if (message is not null) error["message"] = message;
        var answer = Error(422, "Validation Failed");
        answer.Body!["errors"] = new JsonArray(error);
        return answer;
    }

    /// <summary>A page by number, as most lists have it, with its <c>Link</c>.</summary>
    public static GitHubAnswer Page(GitHubCall call, IReadOnlyList<JsonNode> all)
    {
        var (size, page) = (call.PageSize, Math.Max(1, call.Number("page") ?? 1));
        var last = Math.Max(1, (all.Count + size - 1) / size);
        var links = new List<string>();
        if (page > 1) links.AddRange([To(page - 1, "prev"), To(1, "first")]);
        if (page < last) links.AddRange([To(page + 1, "next"), To(last, "last")]);
        return new(200, new JsonArray([.. all.Skip((page - 1) * size).Take(size)]), links.Count > 0 ? string.Join(", ", links) : null);

        string To(int number, string rel) => $"<{call.Url}?per_page={size}&page={number}>; rel=\"{rel}\"";
    }
}

using System.Text;
using System.Text.Json;
using KestraGitHub.Configuration;

namespace KestraGitHub.GitHub;

/// <summary>What a refusal says, made into an error that says what to do.</summary>
internal static class GitHubErrors
{
    public static Refusal None { get; } = new("", "");

    /// <param name="Message">GitHub's words with its details; empty where the body is none of the API's, as the page of a proxy.</param>
    internal sealed record Refusal(string Message, string Documentation);

    public static Refusal Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root) return None;
            var text = new StringBuilder(Text(root, "message"));
            if (root.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
                foreach (var error in errors.EnumerateArray()) text.Append("; ").Append(Detail(error));
            return new(text.ToString(), Text(root, "documentation_url"));
        }
        catch (JsonException)
        {
            return None;
        }
    }

    /// <param name="wait">How long the answer asked us to stay away, when it was a limit.</param>
    public static GitHubException Of(GitHubRequest request, HttpResponseMessage answer, Refusal refusal, TimeSpan? wait)
    {
        var status = (int)answer.StatusCode;
        var said = refusal.Message.Length > 0 ? $": {Short(refusal.Message)}" : "";
        var id = Header(answer, "X-GitHub-Request-Id") is { } requestId ? $" (request {requestId})" : "";
        var kind = wait is not null ? GitHubFailure.Limited : status switch
        {
            401 => GitHubFailure.Unauthorized,
            403 => GitHubFailure.Forbidden,
            404 or 410 => GitHubFailure.NotFound,
            408 or >= 500 => GitHubFailure.Unavailable,
            _ => GitHubFailure.Invalid,
        };
        var message = $"{request.Shown} answered {status}{said}{id}.{Cure(kind, status, answer, wait)}";
        // A server that stumbled may have done it before.
        return new GitHubException(kind, Redaction.Clean(message), status, wait) { MayHaveHappened = kind == GitHubFailure.Unavailable && request.Creates };
    }

    public static string Why(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e.Message.TrimEnd('.');
    }

    private static string Cure(GitHubFailure kind, int status, HttpResponseMessage answer, TimeSpan? wait) => kind switch
    {
        GitHubFailure.Limited => $" It is asked again after {wait!.Value.TotalSeconds:0} s.",
        GitHubFailure.Unauthorized => " The token is wrong, expired or revoked: renew GitHub:Token, or look at the App.",
        GitHubFailure.Forbidden or GitHubFailure.NotFound when Header(answer, "X-Accepted-GitHub-Permissions") is { Length: > 0 } needed =>
            $" Give the App or the token the permission {needed.Replace(";", " or ", StringComparison.Ordinal)}.",
        GitHubFailure.NotFound when status == 404 => " It is not there, or the token may not see it: GitHub says 404 for both.",
        _ => "",
    };

    private static string Detail(JsonElement error) => error.ValueKind switch
    {
        JsonValueKind.String => error.GetString()!,
        JsonValueKind.Object when Text(error, "message") is { Length: > 0 } message => $"{Text(error, "field")}: {message}",
        JsonValueKind.Object => $"{Text(error, "field")}: {Text(error, "code")}",
        _ => "",
    };

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static string Short(string text) => (text.Length > 500 ? text[..500] + "…" : text).ReplaceLineEndings(" ").TrimEnd('.');
}

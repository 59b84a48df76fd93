using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>What stands before every REST call: user agent, API version, credentials, the hour's share of calls.</summary>
internal sealed class GitHubGate(GitHubStandInOptions options, InstallationTokens tokens)
{
    private static readonly string[] Versions = ["2022-11-28", "2026-03-10"];
    private readonly Lock _gate = new();
    private int _used;
    private DateTimeOffset _reset = DateTimeOffset.UtcNow.AddHours(1);

    /// <summary>Whether a caller may see private things; false also for none and for wrong credentials.</summary>
    public bool Knows(HttpRequest request) => !options.IsPrivate || (Token(request) is { } token && (token == options.Token || tokens.Find(token) is not null));

    /// <summary>Null for a caller that is no App.</summary>
    public InstallationToken? Installation(HttpRequest request) => tokens.Find(Token(request));

    /// <summary>Null when the App itself calls, else why it does not.</summary>
    public string? AppFault(HttpRequest request) => tokens.FaultOf(Token(request));

    /// <summary>The user name that came with a call, for the pusher's name.</summary>
    public static string? User(HttpRequest request) => Basic(request) is [{ Length: > 0 } user, _] && user != "x-access-token" ? user : null;

    public GitHubAnswer? Refusal(HttpContext http)
    {
        var request = http.Request;
        if (request.Headers.UserAgent.Count == 0)
            return GitHubAnswer.Error(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.");
        if (request.Headers["X-GitHub-Api-Version"] is [{ } version, ..] && !Versions.Contains(version))
            return GitHubAnswer.Error(400, $"Not a supported version: {version}");
        // Three parts with two dots, and no prefix: the App's own proof, which its routes look at.
        if (options.IsPrivate && Token(request) is { } token && token != options.Token && tokens.Find(token) is null && !(token.StartsWith("ey", StringComparison.Ordinal) && token.Split('.').Length == 3)) return GitHubAnswer.Error(401, "Bad credentials");
        return Charge() ? null : GitHubAnswer.Error(403, "API rate limit exceeded. Wait until the time in x-ratelimit-reset.");
    }

    /// <summary>A call that turned out to be free.</summary>
    public void Refund()
    {
        lock (_gate) _used = Math.Max(0, _used - 1);
    }

    public void AddHeaders(HttpResponse response)
    {
        lock (_gate)
        {
            Set("limit", options.RateLimit);
            Set("remaining", Math.Max(0, options.RateLimit - _used));
            Set("used", Math.Min(_used, options.RateLimit));
            Set("reset", _reset.ToUnixTimeSeconds());
        }

        response.Headers["x-ratelimit-resource"] = "core";
        response.Headers["x-github-request-id"] = RandomNumberGenerator.GetHexString(16);
        response.Headers["x-github-api-version-selected"] = Versions[0];

        void Set(string name, long value) => response.Headers["x-ratelimit-" + name] = value.ToString(CultureInfo.InvariantCulture);
    }

    private bool Charge()
    {
        lock (_gate)
        {
            var now = DateTimeOffset.UtcNow;
            if (now >= _reset) (_used, _reset) = (0, now.AddHours(1));
            return ++_used <= options.RateLimit;
        }
    }

    private static string? Token(HttpRequest request)
    {
        var text = request.Headers.Authorization.ToString();
        foreach (var scheme in new[] { "Bearer ", "token " })
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return text[scheme.Length..].Trim();
        return Basic(request) is [_, var password] ? password : text.Length > 0 ? "" : null;
    }

    private static string[]? Basic(HttpRequest request)
    {
        var text = request.Headers.Authorization.ToString();
        if (!text.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text["Basic ".Length..].Trim(), bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2)
            : null;
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KestraGitHub.StandIns.Git;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>The wire: Git's three addresses for each repository, the REST calls, and what every answer carries.</summary>
internal sealed partial class GitHubServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly GitHubStandInOptions _options;
    private readonly PushWatcher _watcher;
    private readonly Action<UnknownCall> _unknown;
    private readonly GitHubGate _gate;
    private readonly Action<RestCall> _keep;
    private readonly Func<string, string, Trouble?> _trouble;
    private readonly WebApplication _app;
    private string _base = "";

    public GitHubServer(GitHubStandInOptions options, PushWatcher watcher, Action<UnknownCall> unknown, InstallationTokens tokens, Action<RestCall> keep, Func<string, string, Trouble?> trouble)
    {
        (_options, _watcher, _unknown, _gate, _keep, _trouble) = (options, watcher, unknown, new GitHubGate(options, tokens), keep, trouble);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        _app = builder.Build();
        _app.Use(GitOrRestAsync);
        _app.MapGet("/meta", Answering(_ => Task.FromResult(RepositoryRoutes.Meta())));
        _app.MapGet("/rate_limit", Answering(_ => Task.FromResult(RepositoryRoutes.RateLimit())));
        _app.Map("/{**path}", Answering(http => Task.FromResult(Unknown(http))));
    }

    /// <summary>Old names of repositories, and what they are called now.</summary>
    public ConcurrentDictionary<string, string> Moved { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="path">Below <c>/repos/{owner}/{repo}</c>.</param>
    /// <param name="permission">What an App's token needs.</param>
    public void Map(string method, string path, Func<GitHubCall, GitHubAnswer> handler, string? permission = null, bool onlyApps = false) =>
        _app.MapMethods("/repos/{owner}/{repo}" + path, [method], Answering(http => HandleAsync(http, handler, permission, onlyApps)));

    /// <param name="path">Below <c>/orgs/{org}</c>.</param>
    public void MapOrganisation(string method, string path, Func<GitHubCall, GitHubAnswer> handler, string permission) =>
        _app.MapMethods("/orgs/{org}" + path, [method], Answering(http => Task.FromResult(
            _gate.Knows(http.Request) && _gate.Installation(http.Request)?.Allows(permission) != false ? handler(new GitHubCall(http, null!, [], _base)) : GitHubAnswer.NotFound())));

    /// <summary>A call of the App itself that reads.</summary>
    public void MapApp(string method, string path, Func<GitHubCall, GitHubAnswer> handler) => MapApp(method, path, (http, _) => handler(new GitHubCall(http, null!, [], _base)));

    /// <summary>A call of the App itself.</summary>
    public void MapApp(string method, string path, Func<HttpContext, JsonObject, GitHubAnswer> handler) => _app.MapMethods(path, [method], Answering(async http =>
    {
        if (_gate.AppFault(http.Request) is { } fault) return GitHubAnswer.Error(401, fault);
        using var reader = new StreamReader(http.Request.Body);
        return handler(http, JsonNode.Parse(await reader.ReadToEndAsync(http.RequestAborted) is { Length: > 0 } text ? text : "{}") as JsonObject ?? []);
    }));

    public async Task<Uri> StartAsync()
    {
        await _app.StartAsync();
        var url = new Uri(_app.Urls.First());
        _base = url.GetLeftPart(UriPartial.Authority);
        return url;
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    [GeneratedRegex(@"^/([^/]+)/([^/]+?)(?:\.git)?(/info/refs|/git-upload-pack|/git-receive-pack)$")]
    private static partial Regex GitPath { get; }

    private async Task GitOrRestAsync(HttpContext http, RequestDelegate next)
    {
        if (GitPath.Match(http.Request.Path) is not { Success: true } git)
        {
            await next(http);
            return;
        }

        if (!_gate.Knows(http.Request))
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"GitHub\"";
            return;
        }

        var (owner, name, service) = (git.Groups[1].Value, git.Groups[2].Value, git.Groups[3].Value);
        if (Find(owner, name) is not { } repository)
        {
            http.Response.StatusCode = 404;
            return;
        }

        _watcher.Look(repository);
        Task AnswerGitAsync() => GitBackend.AnswerAsync(http, _options.Root, null);
        http.Request.Path = $"/{owner}/{name}.git{service}";
        if (service == "/git-receive-pack") await _watcher.DuringAsync(repository, GitHubGate.User(http.Request), AnswerGitAsync);
        else await AnswerGitAsync();
    }

    public Repository? Find(string owner, string name) => Repository.Find(_options.Root, owner, name, _options.IsPrivate);

    private async Task<GitHubAnswer> HandleAsync(HttpContext http, Func<GitHubCall, GitHubAnswer> handler, string? permission, bool onlyApps)
    {
        var call = new GitHubCall(http, null!, [], _base) { IsApp = _gate.Installation(http.Request) is not null };
        if (!_gate.Knows(http.Request)) return GitHubAnswer.NotFound();
        if (Moved.TryGetValue($"{call.Part("owner")}/{call.Part("repo")}", out var now)) return Elsewhere(http, now);
        if (Find(call.Part("owner"), call.Part("repo")) is not { } repository) return GitHubAnswer.NotFound();
        if (Refusal(_gate.Installation(http.Request), repository, permission, onlyApps) is { } refusal) return refusal;
        if (http.Request.Method is not ("POST" or "PATCH")) return handler(call with { Repository = repository });
        try
        {
            using var reader = new StreamReader(http.Request.Body);
            var text = await reader.ReadToEndAsync(http.RequestAborted);
            return JsonNode.Parse(text.Length == 0 ? "{}" : text) is JsonObject body
                ? handler(call with { Repository = repository, Body = body })
                : GitHubAnswer.Error(422, "Invalid request. The body should be a JSON object.");
        }
        catch (JsonException)
        {
            return GitHubAnswer.Error(400, "Problems parsing JSON");
        }
    }

    private static GitHubAnswer? Refusal(InstallationToken? token, Repository repository, string? permission, bool onlyApps)
    {
        if (token is null) return onlyApps ? GitHubAnswer.Error(403, "You must authenticate via a GitHub App.") : null;
        if (token.Repository is not null && !token.Repository.Equals(repository.Name, StringComparison.OrdinalIgnoreCase)) return GitHubAnswer.NotFound();
        return permission is null || token.Allows(permission) ? null
            : GitHubAnswer.Error(403, "Resource not accessible by integration") with { Headers = [new("X-Accepted-GitHub-Permissions", permission.Replace(':', '='))] };
    }

    private GitHubAnswer Elsewhere(HttpContext http, string now)
    {
        var rest = http.Request.Path.ToUriComponent().Split('/', 5) is [_, _, _, _, var after] ? $"/{after}" : "";
        return GitHubAnswer.Error(301, "Moved Permanently") with { Headers = [new("Location", $"{_base}/repos/{now}{rest}{http.Request.QueryString}")] };
    }

    private GitHubAnswer Unknown(HttpContext http)
    {
        _unknown(new UnknownCall(http.Request.Method, http.Request.Path, http.Request.QueryString.Value?.TrimStart('?') ?? ""));
        return GitHubAnswer.NotFound();
    }

    private RequestDelegate Answering(Func<HttpContext, Task<GitHubAnswer>> handler) => http => AnswerAsync(http, handler);

    private async Task AnswerAsync(HttpContext http, Func<HttpContext, Task<GitHubAnswer>> handler)
    {
        // A slash at the end is another address there.
        var slash = http.Request.Path.Value is { Length: > 1 } path && path.EndsWith('/');
        var trouble = _trouble(http.Request.Method, http.Request.Path.Value ?? "");
        var answer = trouble is { Done: false } ? new GitHubAnswer(trouble.Status) : _gate.Refusal(http) ?? (slash ? Unknown(http) : await handler(http));
        _keep(new RestCall(http.Request.Method, http.Request.Path.Value ?? "", trouble?.Status ?? answer.Status));
        if (trouble is not null)
        {
            trouble.Before?.Invoke();
            http.Response.StatusCode = trouble.Status;
            foreach (var (name, value) in trouble.Headers) http.Response.Headers[name] = value;
            await http.Response.WriteAsync(trouble.Body, http.RequestAborted);
            return;
        }

        var (response, body) = (http.Response, answer.Body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(answer.Body, Plain));
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers) response.Headers[name] = value;
        if (answer.Link is not null) response.Headers.Link = answer.Link;
        if (answer.Status == 200 && http.Request.Method == "GET")
        {
            var tag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(body))}\"";
            response.Headers.ETag = tag;
            if (http.Request.Headers.IfNoneMatch == tag)
            {
                (response.StatusCode, body) = (304, []);
                _gate.Refund();
            }
        }

        _gate.AddHeaders(response);
        if (body.Length == 0) return;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }
}

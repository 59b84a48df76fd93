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
    private readonly WebApplication _app;
    private string _base = "";

    public GitHubServer(GitHubStandInOptions options, PushWatcher watcher, Action<UnknownCall> unknown)
    {
        (_options, _watcher, _unknown, _gate) = (options, watcher, unknown, new GitHubGate(options));
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
        _app.Map("/{**path}", Answering(http => Task.FromResult(Unknown(http))));
    }

    /// <param name="path">Below <c>/repos/{owner}/{repo}</c>.</param>
    public void Map(string method, string path, Func<GitHubCall, GitHubAnswer> handler) =>
        _app.MapMethods("/repos/{owner}/{repo}" + path, [method], Answering(http => HandleAsync(http, handler)));

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

    private Repository? Find(string owner, string name) => Repository.Find(_options.Root, owner, name, _options.Token is not null);

    private async Task<GitHubAnswer> HandleAsync(HttpContext http, Func<GitHubCall, GitHubAnswer> handler)
    {
        var call = new GitHubCall(http, null!, [], _base);
        if (!_gate.Knows(http.Request) || Find(call.Part("owner"), call.Part("repo")) is not { } repository) return GitHubAnswer.NotFound();
        if (http.Request.Method is not "POST") return handler(call with { Repository = repository });
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
        var answer = _gate.Refusal(http) ?? (slash ? Unknown(http) : await handler(http));
        var (response, body) = (http.Response, answer.Body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(answer.Body, Plain));
        response.StatusCode = answer.Status;
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

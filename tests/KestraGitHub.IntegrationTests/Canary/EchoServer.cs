using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KestraGitHub.IntegrationTests.Canary;

/// <summary>Neither a Git server nor a Kestra: a talkative proxy that says back whatever credential it was given. The first part of the path says how.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Manners = ["html", "text", "json", "fine", "finejson", "moved", "away"];
    private readonly WebApplication _app;

    private EchoServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First().TrimEnd('/');

    public ConcurrentQueue<string> Targets { get; } = new();

    public static async Task<EchoServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new EchoServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Targets.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
        var said = context.Request.Headers.Authorization.ToString();

        // Git shows its credential only to those who ask.
        if (said.Length == 0) context.Response.Headers.WWWAuthenticate = "Basic realm=\"echo\"";
        if (said.Length == 0) return Say(401, "text/plain", "who are you?");
        var secret = said.Split(' ', 2)[^1];
        return context.Request.Path.Value!.Split('/')[1] switch
        {
            "html" => Say(401, "text/html", $"<html><body>{said}</body></html>"),
            "text" => Say(403, "text/plain", $"not allowed with {said}\nnor {Plain(secret)}"),
            "json" => Say(500, "application/json", $$"""{"message":"no user for {{said}}, {{Plain(secret)}}","errors":[{"path":"{{secret}}","detail":"{{said}}"}]}"""),
            "fine" => Say(200, "text/plain", said),
            "finejson" => Say(200, "application/json", $$"""{"version":"{{said}}","edition":"{{Plain(secret)}}","results":"{{said}}"}"""),
            "moved" => Moved(secret),
            _ => Say(503, "text/plain", $"come back with {said}"),
        };

        Task Say(int status, string type, string text)
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            return context.Response.WriteAsync(text);
        }

        Task Moved(string to)
        {
            context.Response.Headers.Location = $"/elsewhere/{Uri.EscapeDataString(to)}?token={Uri.EscapeDataString(to)}";
            return Say(302, "text/plain", to);
        }
    }

    private static string Plain(string secret)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(secret)).Replace("\"", "", StringComparison.Ordinal);
        }
        catch (FormatException)
        {
            return secret;
        }
    }
}

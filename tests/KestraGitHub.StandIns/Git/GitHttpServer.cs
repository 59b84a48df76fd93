using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KestraGitHub.StandIns.Git;

/// <summary>One request as it came. Of its credential only this is known: whether there was one.</summary>
public sealed record GitRequest(string Method, string Path, string Query, bool HadAuthorization);

/// <summary>What goes wrong with a request; made by <see cref="GitHttpServer.Fault"/>.</summary>
/// <param name="Delay">Waited before anything is answered.</param>
/// <param name="Status">Answered instead of asking git.</param>
/// <param name="Location">Where the answer sends the caller.</param>
/// <param name="CutAfter">The connection is broken after so many bytes of git's answer.</param>
public sealed record GitFault(TimeSpan Delay = default, int? Status = null, string? Location = null, long? CutAfter = null);

/// <summary>A smart-HTTP Git server over a folder of bare repositories, on 127.0.0.1: the real <c>git http-backend</c> behind Kestrel.</summary>
public sealed class GitHttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _root;

    private GitHttpServer(WebApplication app, string root) => (_app, _root) = (app, root);

    public string Url { get; private set; } = "";

    /// <summary>Wanted of every caller when set.</summary>
    public (string User, string Password)? Account { get; set; }

    /// <summary>Asked for each request; null lets it through.</summary>
    public Func<GitRequest, GitFault?>? Fault { get; set; }

    public ConcurrentQueue<GitRequest> Requests { get; } = new();

    public static async Task<GitHttpServer> StartAsync(string root, int port = 0, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null) listen.UseHttps(certificate);
            });
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        var app = builder.Build();
        var server = new GitHttpServer(app, Path.GetFullPath(root));
        app.Run(server.HandleAsync);
        await app.StartAsync();
        server.Url = app.Urls.First().TrimEnd('/');
        return server;
    }

    public Task WaitAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var request = new GitRequest(context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "", authorization.Length > 0);
        Requests.Enqueue(request);
        var fault = Fault?.Invoke(request);
        if (fault is not null) await Task.Delay(fault.Delay, context.RequestAborted);
        if (fault?.Status is { } status)
        {
            context.Response.StatusCode = status;
            if (fault.Location is not null) context.Response.Headers.Location = fault.Location;
            return;
        }

        if (Account is { } account && authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.User}:{account.Password}")))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
            return;
        }

        await GitBackend.AnswerAsync(context, _root, fault?.CutAfter);
    }
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace KestraGitHub.IntegrationTests.Shipping;

/// <summary>What stands before a service in a company: hands on requests, with the headers and the part of the path that <paramref name="tell"/> makes of them.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(1) };

    private ReverseProxy(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <param name="tell">Gets what is sent on, and gives the path to send it to.</param>
    public static async Task<ReverseProxy> StartAsync(Uri service, Func<HttpRequestMessage, string, string> tell, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var proxy = new ReverseProxy(app);
        app.Run(context => proxy.PassAsync(context, service, tell));
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext context, Uri service, Func<HttpRequestMessage, string, string> tell)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), service);
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0) request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, values) in context.Request.Headers)
            if (name is not ("Host" or "Connection" or "Transfer-Encoding") && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        var path = tell(request, UriHelper.BuildRelative("", context.Request.Path, context.Request.QueryString));
        request.RequestUri = new Uri(service, path);
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (name != "Transfer-Encoding") context.Response.Headers[name] = values.ToArray();
        await context.Response.StartAsync();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}

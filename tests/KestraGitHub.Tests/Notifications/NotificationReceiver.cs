using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KestraGitHub.Tests.Notifications;

internal sealed record ReceivedNotification(IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}

/// <summary>Takes what it is sent, and answers with the statuses that it was given, the last one for ever.</summary>
internal sealed class NotificationReceiver : IAsyncDisposable
{
    private readonly Channel<ReceivedNotification> _calls = Channel.CreateUnbounded<ReceivedNotification>();
    private readonly Queue<int> _statuses = new([200]);
    private WebApplication _app = null!;

    public string Url => _app.Urls.First() + "/hook-with-a-secret-path";

    public static async Task<NotificationReceiver> StartAsync(params int[] statuses)
    {
        var receiver = new NotificationReceiver();
        if (statuses.Length > 0) receiver._statuses.Clear();
        foreach (var status in statuses) receiver._statuses.Enqueue(status);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        receiver._app = builder.Build();
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async Task<ReceivedNotification> NextAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public int Waiting => _calls.Reader.Count;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        http.Response.StatusCode = _statuses.Count > 1 ? _statuses.Dequeue() : _statuses.Peek();
        if (http.Response.StatusCode is 301 or 302) http.Response.Headers.Location = "/elsewhere";
        await _calls.Writer.WriteAsync(new(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
    }
}

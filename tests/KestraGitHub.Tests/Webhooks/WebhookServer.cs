using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KestraGitHub.Tests.Webhooks;

/// <summary>The webhooks on a real Kestrel, before an inbox and a scheduler that only remember.</summary>
internal sealed class WebhookServer : IAsyncDisposable, IJobScheduler, ILoggerProvider
{
    public const string Path = $"/webhook/main/company.team/sync_flows/{Some.Key}";
    public const string KestraPath = $"/api/v1/main/executions/webhook/company.team/sync_flows/{Some.Key}";

    private WebApplication _app = null!;

    private WebhookServer()
    {
    }

    public HttpClient Http { get; } = new();

    public Dictionary<SyncKey, Definition> Definitions { get; } = new() { [Some.Sync] = Some.Definition() };

    public List<(DeliveryRow Delivery, RunRequest? Run)> Stored { get; } = [];

    public Channel<(SyncKey Sync, TimeSpan Delay)> Woken { get; } = Channel.CreateUnbounded<(SyncKey, TimeSpan)>();

    public ConcurrentQueue<string> Logged { get; } = [];

    /// <summary>Bytes of bodies that are held now.</summary>
    public long InFlight => _app.Services.GetRequiredService<BodyBlocks>().InFlight;

    /// <summary>What the inbox does before it stores.</summary>
    public Func<CancellationToken, Task> Storing { get; set; } = _ => Task.CompletedTask;

    public Func<Task> Waking { get; set; } = () => Task.CompletedTask;

    public static Task<WebhookServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync(TimeProvider.System, settings);

    public static async Task<WebhookServer> StartAsync(TimeProvider time, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        var defaults = new Dictionary<string, string?> { ["Webhooks:Secrets:0"] = Some.Secret, ["Webhooks:Secrets:1"] = "the other secret" };
        foreach (var (key, value) in settings) defaults[key] = value;
        builder.Configuration.AddInMemoryCollection(defaults.Where(pair => pair.Value != "-"));
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        var server = new WebhookServer();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(Some.Rules);
        builder.Services.AddSingleton<IJobScheduler>(_ => server);
        builder.Services.AddSingleton<ILoggerProvider>(_ => server);
        builder.Services.AddSingleton(new Inbox(sync => server.Definitions.GetValueOrDefault(sync), (d, r, ct) => server.AcceptAsync(d, r, ct)));
        builder.Services.BindSection<DataOptions>(builder.Configuration, "Data");
        builder.Services.AddSingleton<DataDirectory>();
        builder.Services.AddSingleton<KeptFiles>();
        // Never opened: what is kept lies in the folder.
        builder.Services.AddSingleton(new Database(new SqliteDialect("unused"), TimeProvider.System));
        builder.Services.AddWebhooks(builder.Configuration);

        server._app = builder.Build();
        server._app.MapWebhooks();
        await server._app.StartAsync();
        server.Http.BaseAddress = new Uri(server._app.Urls.Single());
        return server;
    }

    public static string Sign(byte[] body, string secret = Some.Secret) =>
        $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))}";

    public static HttpRequestMessage Call(
        string body, string @event = "push", string guid = Some.Guid, string path = Path, string type = "application/json", string secret = Some.Secret) =>
        Call(Encoding.UTF8.GetBytes(body), @event, guid, path, type, secret);

    public static HttpRequestMessage Call(
        byte[] body, string @event = "push", string guid = Some.Guid, string path = Path, string type = "application/json", string secret = Some.Secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (type.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (@event.Length > 0) request.Headers.Add("X-GitHub-Event", @event);
        if (guid.Length > 0) request.Headers.Add("X-GitHub-Delivery", guid);
        if (secret.Length > 0) request.Headers.Add(GitHubSignature.Header, Sign(body, secret));
        return request;
    }

    /// <summary>Sends bytes as they are and reads until the server closes or has said <paramref name="enough"/>.</summary>
    public async Task<string> SendRawAsync(Func<NetworkStream, Task> send, string enough = "\r\n\r\n")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Http.BaseAddress!.Port);
        await using var stream = client.GetStream();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var sending = send(stream);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        for (int read; !answer.ToString().Contains(enough, StringComparison.Ordinal) && (read = await stream.ReadAsync(buffer, limit.Token)) > 0;)
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        _ = sending.ContinueWith(t => t.Exception, TaskScheduler.Default);
        return answer.ToString();
    }

    public Task StopAsync() => _app.StopAsync();
    public ValueTask<DateTimeOffset?> NextFireAsync(SyncKey sync, CancellationToken ct) => ValueTask.FromResult<DateTimeOffset?>(null);


    public async ValueTask WakeAsync(SyncKey sync, TimeSpan delay, CancellationToken ct)
    {
        await Waking();
        await Woken.Writer.WriteAsync((sync, delay), ct);
    }

    public ILogger CreateLogger(string categoryName) => new Memory(Logged, categoryName);

    void IDisposable.Dispose()
    {
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    // As the store does it: one guid counts once for each sync.
    private async Task<Accepted> AcceptAsync(DeliveryRow delivery, RunRequest? run, CancellationToken ct)
    {
        await Storing(ct);
        lock (Stored)
        {
            var first = Stored.FindIndex(s => s.Delivery.DeliveryId == delivery.DeliveryId && s.Delivery.Sync == delivery.Sync);
            if (first >= 0) return new("duplicate", Stored[first].Run is null ? null : $"run-{first}", null);
            Stored.Add((delivery, run));
            return run is null ? new(delivery.Outcome, null, delivery.Reason) : new(Stored.Count % 2 == 1 ? "queued" : "merged", $"run-{Stored.Count - 1}", null);
        }
    }

    private sealed class Memory(ConcurrentQueue<string> logged, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => category.StartsWith("KestraGitHub", StringComparison.Ordinal);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) logged.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }
}

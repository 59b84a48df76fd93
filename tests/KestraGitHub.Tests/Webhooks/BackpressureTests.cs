using System.Net;
using System.Net.Sockets;
using System.Text;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

/// <summary>More bytes at once than the service is willing to hold.</summary>
public sealed class BackpressureTests
{
    private const int Megabyte = 1024 * 1024;
    private static readonly (string, string) Limit = ("Webhooks:MaxBytesInFlight", $"{64 * Megabyte}");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Over_the_limit_a_large_body_is_503_a_small_one_is_taken_and_nothing_is_lost()
    {
        await using var server = await WebhookServer.StartAsync(Limit);
        var body = Push(25 * Megabyte);
        await using var first = await HalfSent.StartAsync(server, body, 24 * Megabyte);
        await using var second = await HalfSent.StartAsync(server, body, 24 * Megabyte);
        await UntilAsync(() => server.InFlight >= 48L * Megabyte);

        using var refused = await server.Http.SendAsync(WebhookServer.Call(body, guid: NewGuid()));
        using var small = await server.Http.SendAsync(WebhookServer.Call(Push(8 * 1024), guid: NewGuid()));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Accepted, small.StatusCode);
        Assert.StartsWith("HTTP/1.1 202", await first.FinishAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 202", await second.FinishAsync(), StringComparison.Ordinal);
        using var again = await server.Http.SendAsync(WebhookServer.Call(body, guid: NewGuid()));
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(4, server.Stored.Count);
        await UntilAsync(() => server.InFlight == 0);
    }

    [Fact]
    public async Task What_is_announced_takes_no_room()
    {
        await using var server = await WebhookServer.StartAsync(Limit);
        var body = Push(25 * Megabyte);
        var promises = new List<HalfSent>();
        for (var i = 0; i < 40; i++) promises.Add(await HalfSent.StartAsync(server, body, 1));
        await UntilAsync(() => server.InFlight >= 40 * BodyBlocks.Size);

        using var answer = await server.Http.SendAsync(WebhookServer.Call(body));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        foreach (var promise in promises) await promise.DisposeAsync();
    }

    [Fact]
    public async Task A_sender_that_stalls_gives_its_room_back_when_its_time_is_up()
    {
        await using var server = await WebhookServer.StartAsync(Limit, ("Webhooks:BodyTimeout", "PT3S"));
        var body = Push(25 * Megabyte);
        await using var stalled = await HalfSent.StartAsync(server, body, 20 * Megabyte);
        await UntilAsync(() => server.InFlight >= 20 * Megabyte);

        Assert.StartsWith("HTTP/1.1 408", await stalled.AnswerAsync(), StringComparison.Ordinal);
        await UntilAsync(() => server.InFlight == 0);
    }

    [Theory]
    [InlineData("false", 0)]
    [InlineData("true", 3 * Megabyte)]
    public async Task What_waits_for_the_commit_holds_no_body_unless_the_body_is_stored(string keeps, int held)
    {
        await using var server = await WebhookServer.StartAsync(Limit, ("Webhooks:KeepBodies", keeps));
        var storing = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        server.Storing = _ =>
        {
            storing.SetResult();
            return mayEnd.Task;
        };

        var call = server.Http.SendAsync(WebhookServer.Call(Push(3 * Megabyte)));
        await storing.Task.WaitAsync(Patience);
        Assert.InRange(server.InFlight, held, held + (2 * BodyBlocks.Size));
        mayEnd.SetResult();
        using var answer = await call;

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await UntilAsync(() => server.InFlight == 0);
    }

    [Theory]
    [InlineData(BodyBlocks.Size - 1)]
    [InlineData(BodyBlocks.Size)]
    [InlineData(BodyBlocks.Size + 1)]
    [InlineData(4 * BodyBlocks.Size)]
    [InlineData((5 * Megabyte) + 7)]
    public async Task A_body_comes_through_whole_wherever_its_blocks_end(int size)
    {
        await using var server = await WebhookServer.StartAsync(Limit, ("Webhooks:KeepBodies", "true"));
        var body = Push(size);

        using var answer = await server.Http.SendAsync(WebhookServer.Call(body));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(body, server.Stored.Single().Delivery.Body);
    }

    private static string NewGuid() => Guid.NewGuid().ToString();

    private static byte[] Push(int size)
    {
        var text = Encoding.ASCII.GetBytes("""{"ref":"refs/heads/main","padding":" """.TrimEnd());
        var body = new byte[size];
        text.CopyTo(body, 0);
        for (var i = text.Length; i < size - 2; i++) body[i] = (byte)('a' + (i % 23));
        "\"}"u8.CopyTo(body.AsSpan(size - 2));
        return body;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1200 && !condition(); i++) await Task.Delay(50);
        Assert.True(condition());
    }

    /// <summary>A call that announces its whole body and sends a part of it.</summary>
    private sealed class HalfSent : IAsyncDisposable
    {
        private readonly TcpClient _client = new();
        private readonly byte[] _body;
        private readonly int _sent;

        private HalfSent(byte[] body, int sent) => (_body, _sent) = (body, sent);

        public static async Task<HalfSent> StartAsync(WebhookServer server, byte[] body, int sent)
        {
            var call = new HalfSent(body, sent);
            await call._client.ConnectAsync(IPAddress.Loopback, server.Http.BaseAddress!.Port);
            var head = $"POST {WebhookServer.Path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\n"
                + $"X-GitHub-Delivery: {NewGuid()}\r\n{GitHubSignature.Header}: {WebhookServer.Sign(body)}\r\nContent-Length: {body.Length}\r\n\r\n";
            await call._client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await call._client.GetStream().WriteAsync(body.AsMemory(0, sent));
            return call;
        }

        public async Task<string> FinishAsync()
        {
            await _client.GetStream().WriteAsync(_body.AsMemory(_sent));
            return await AnswerAsync();
        }

        public async Task<string> AnswerAsync()
        {
            var buffer = new byte[4096];
            var read = await _client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Patience);
            return Encoding.ASCII.GetString(buffer, 0, read);
        }

        public ValueTask DisposeAsync()
        {
            _client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

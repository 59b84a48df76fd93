using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

/// <summary>Bodies that are too large, too slow or broken, and days on which the rest of the service is down.</summary>
public sealed class WebhookWireTests
{
    private const string Push = """{"ref":"refs/heads/main"}""";
    private const int Cap = 25 * 1024 * 1024;

    [Fact]
    public async Task A_body_at_the_cap_is_taken_and_one_byte_more_is_413()
    {
        await using var server = await WebhookServer.StartAsync();
        var full = Encoding.UTF8.GetBytes(Push + new string(' ', Cap - Push.Length));

        Assert.Equal(HttpStatusCode.Accepted, (await server.Http.SendAsync(WebhookServer.Call(full))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.Http.SendAsync(WebhookServer.Call([.. full, (byte)' ']))).StatusCode);
    }

    [Theory]
    [InlineData(26)]
    [InlineData(60)]
    public async Task A_body_over_the_cap_is_413_with_or_without_a_length(int megabytes)
    {
        await using var server = await WebhookServer.StartAsync();
        var large = new byte[megabytes * 1024 * 1024];
        var chunked = WebhookServer.Call(large);
        chunked.Headers.TransferEncodingChunked = true;

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.Http.SendAsync(WebhookServer.Call(large))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.Http.SendAsync(chunked)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.SendAsync(WebhookServer.Call(new byte[1 << 20], path: "/webhook/a/b/c/d"))).StatusCode);
        Assert.Empty(server.Stored);
    }

    [Fact]
    public async Task What_is_announced_over_the_cap_is_refused_before_it_comes()
    {
        await using var server = await WebhookServer.StartAsync();

        var answer = await server.SendRawAsync(stream => WriteAsync(stream, Head("Content-Length: 3000000000") + "{"));

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_chunked_body_is_cut_off()
    {
        await using var server = await WebhookServer.StartAsync(("Webhooks:MaxBodyBytes", "100000"));
        var sent = 0L;

        var answer = await server.SendRawAsync(
            async stream =>
            {
                await WriteAsync(stream, Head("Transfer-Encoding: chunked"));
                for (var chunk = "4000\r\n" + new string('x', 0x4000) + "\r\n"; ; sent += 0x4000) await WriteAsync(stream, chunk);
            },
            enough: "never");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.True(sent < 100_000_000);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_408_and_holds_nothing()
    {
        await using var server = await WebhookServer.StartAsync(("Webhooks:BodyTimeout", "PT0.3S"));
        var clock = Stopwatch.StartNew();

        var answer = await server.SendRawAsync(stream => WriteAsync(stream, Head("Content-Length: 1000") + "{"), enough: "never");

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15));
        Assert.Equal(HttpStatusCode.Accepted, (await server.Http.SendAsync(WebhookServer.Call(Push))).StatusCode);
    }

    [Fact]
    public async Task A_body_that_trickles_is_408_however_steadily()
    {
        await using var server = await WebhookServer.StartAsync(("Webhooks:BodyTimeout", "PT0.5S"));

        var answer = await server.SendRawAsync(async stream =>
        {
            await WriteAsync(stream, Head("Transfer-Encoding: chunked"));
            for (; ; await Task.Delay(20)) await WriteAsync(stream, "1\r\nx\r\n");
        });

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n")]
    [InlineData("Transfer-Encoding: chunked", "5\r\nabcdefgh\r\n")]
    public async Task A_broken_body_is_400(string header, string body)
    {
        await using var server = await WebhookServer.StartAsync();

        Assert.StartsWith("HTTP/1.1 400", await server.SendRawAsync(stream => WriteAsync(stream, Head(header) + body)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-GitHub-Event: push")]
    [InlineData("X-GitHub-Delivery: " + Some.Guid)]
    public async Task A_header_that_comes_twice_is_400(string header)
    {
        await using var server = await WebhookServer.StartAsync();
        var head = Head($"Content-Length: {Push.Length}\r\n{header}\r\n{GitHubSignature.Header}: {WebhookServer.Sign(Encoding.UTF8.GetBytes(Push))}");

        Assert.StartsWith("HTTP/1.1 400", await server.SendRawAsync(stream => WriteAsync(stream, head + Push)), StringComparison.Ordinal);
        Assert.Empty(server.Stored);
    }

    [Fact]
    public async Task No_body_at_all_is_400()
    {
        await using var server = await WebhookServer.StartAsync();
        var head = Head($"Content-Length: 0\r\n{GitHubSignature.Header}: {WebhookServer.Sign([])}");

        Assert.StartsWith("HTTP/1.1 400", await server.SendRawAsync(stream => WriteAsync(stream, head)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_cannot_be_stored_is_503_and_can_be_sent_again(bool asynchronously)
    {
        await using var server = await WebhookServer.StartAsync();
        server.Storing = async _ =>
        {
            if (asynchronously) await Task.Yield();
            throw new TimeoutException("The database is down.");
        };

        var down = await server.Http.SendAsync(WebhookServer.Call(Push));
        server.Storing = _ => Task.CompletedTask;
        var up = await server.Http.SendAsync(WebhookServer.Call(Push));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
        Assert.NotNull(down.Headers.RetryAfter);
        Assert.DoesNotContain("database", await down.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, up.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_that_hangs_is_503_before_GitHub_hangs_up(bool heedsTheToken)
    {
        await using var server = await WebhookServer.StartAsync(new Hurried());
        server.Storing = ct => Task.Delay(Timeout.Infinite, heedsTheToken ? ct : CancellationToken.None);

        var answer = await server.Http.SendAsync(WebhookServer.Call(Push)).WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task A_wake_up_that_fails_or_hangs_is_no_business_of_the_caller()
    {
        await using var server = await WebhookServer.StartAsync();
        server.Waking = () => throw new InvalidOperationException("no scheduler");
        Assert.Equal(HttpStatusCode.Accepted, (await server.Http.SendAsync(WebhookServer.Call(Push))).StatusCode);

        server.Waking = () => Task.Delay(Timeout.Infinite);
        for (var i = 0; i < 20; i++)
        {
            var response = await server.Http.SendAsync(WebhookServer.Call(Push, guid: Guid.NewGuid().ToString())).WaitAsync(TimeSpan.FromSeconds(5));
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_call_in_hand_is_finished_while_the_service_stops()
    {
        await using var server = await WebhookServer.StartAsync();
        var storing = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        server.Storing = _ =>
        {
            storing.SetResult();
            return mayEnd.Task;
        };

        var call = server.Http.SendAsync(WebhookServer.Call(Push));
        await storing.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var stopping = server.StopAsync();
        await Task.Delay(100);
        mayEnd.SetResult();

        Assert.Equal(HttpStatusCode.Accepted, (await call.WaitAsync(TimeSpan.FromSeconds(10))).StatusCode);
        await stopping;
        Assert.Single(server.Stored);
    }

    private static string Head(string headers) =>
        $"POST {WebhookServer.Path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\n"
        + $"X-GitHub-Delivery: {Some.Guid}\r\n{headers}\r\n\r\n";

    private static Task WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    /// <summary>Time limits end twenty times as early.</summary>
    private sealed class Hurried : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 20 : dueTime, period);
    }
}

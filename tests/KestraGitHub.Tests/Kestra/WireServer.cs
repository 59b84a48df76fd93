using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KestraGitHub.Tests.Kestra;

/// <summary>Takes requests, keeps every byte, and answers those that came whole.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly ConcurrentQueue<string> _heads = new();
    private readonly ConcurrentQueue<string> _bytes = new();
    private readonly Task _accepting;

    public WireServer()
    {
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Requests of this method are taken, and then the connection ends without an answer.</summary>
    public string? HangUpOn { get; set; }

    /// <summary>The first lines of the requests that came whole.</summary>
    public IReadOnlyList<string> Heads => [.. _heads];

    public string Everything => string.Concat(_bytes);

    public async Task EndOfConnectionAsync()
    {
        for (var i = 0; i < 500 && !_connections.Any(c => c.IsCompleted); i++) await Task.Delay(20);
        Assert.Contains(_connections, c => c.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        var come = new StringBuilder();
        var buffer = new byte[65536];
        try
        {
            var stream = connection.GetStream();
            for (int read; (read = await stream.ReadAsync(buffer, _stop.Token)) > 0;)
            {
                var text = Encoding.ASCII.GetString(buffer, 0, read);
                _bytes.Enqueue(text);
                come.Append(text);
                if (Whole(come) is not { } head) continue;
                _heads.Enqueue(head);
                if (HangUpOn is { } method && head.StartsWith(method, StringComparison.Ordinal)) return;
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
        }
    }

    /// <summary>The first line of a request that is whole, which is taken off; else null.</summary>
    private static string? Whole(StringBuilder come)
    {
        var text = come.ToString();
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;
        var length = text[..end].Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)) is { } line
            ? int.Parse(line.AsSpan(16), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        if (text.Length < end + 4 + length) return null;
        come.Remove(0, end + 4 + length);
        return text[..text.IndexOf('\r', StringComparison.Ordinal)];
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;

namespace KestraGitHub.IntegrationTests.Kestra;

/// <summary>
/// The HTTP library sends a request without a body again by itself when a kept connection ends before the answer. A file's delete must not be.
/// </summary>
public sealed class DroppedConnectionTests
{
    [Fact]
    public async Task A_delete_is_not_sent_again_behind_our_back()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var deletes = 0;
        using var stop = new CancellationTokenSource();
        var serving = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var connection = await listener.AcceptTcpClientAsync(stop.Token);
                while (await RequestAsync(connection.GetStream(), stop.Token) is { } head)
                {
                    if (head.StartsWith("DELETE", StringComparison.Ordinal))
                    {
                        deletes++;
                        break; // gone without a word
                    }

                    const string body = """[{"fileName":"a","type":"File","size":1,"lastModifiedTime":5}]""";
                    var answer = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
                    await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), stop.Token);
                }
            }
        });

        var target = new KestraTarget(null, new Uri($"http://{listener.LocalEndpoint}"), "main", KestraAuth.None);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        var client = new KestraClient(new KestraHttp(http, target, KestraTimings.Default, TimeProvider.System), "main");
        var file = Assert.Single((await client.ListDirectoryAsync("company", "", default)).Files);
        var error = await Assert.ThrowsAsync<KestraException>(() => client.DeleteFileAsync(file, new Guard(), default));
        Assert.Equal(KestraFailureKind.Unavailable, error.Kind);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
        Assert.Equal(1, deletes);
    }

    private static async Task<string?> RequestAsync(NetworkStream stream, CancellationToken ct)
    {
        var head = new StringBuilder();
        var buffer = new byte[1];
        while (await stream.ReadAsync(buffer, ct) == 1)
        {
            head.Append((char)buffer[0]);
            if (buffer[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) return head.ToString();
        }

        return null;
    }
}

using System.Buffers;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Benchmarks.Measuring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KestraGitHub.Benchmarks.Ack;

/// <summary>The ceiling: Kestrel that reads the body, checks its signature and answers. It stores nothing.</summary>
internal sealed class BareServer() : Target("bare Kestrel + HMAC")
{
    private Child? _child;

    public override IReadOnlyList<string> Paths { get; } = ["/push"];

    public override int Id => _child!.Id;

    /// <summary>How the process of this target starts.</summary>
    public static Command Command()
    {
        var port = new Argument<int>("port");
        var command = new Command("bare-server", "The bare server of `ack`") { port };
        command.Hidden = true;
        command.SetAction((parsed, ct) => ServeAsync(parsed.GetValue(port), ct));
        return command;
    }

    public static Task ListensAsync(Uri url, Child child)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return Until.HoldsAsync(
            async () =>
            {
                if (child.HasEnded) throw new BenchmarkException($"A server ended instead of starting:\n{child.LastWords}");
                try
                {
                    using var answer = await http.GetAsync(url);
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(50), () => $"A server did not start:\n{child.LastWords}");
    }

    public override Task StartAsync(string folder)
    {
        _child = Child.Start(
            Path.Combine(folder, "bare.log"), "dotnet",
            [typeof(BareServer).Assembly.Location, "bare-server", Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return ListensAsync(Url, _child);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_child is not null) await _child.DisposeAsync();
    }

    private static async Task<int> ServeAsync(int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.ListenLocalhost(port));
        await using var app = builder.Build();
        var secret = Encoding.UTF8.GetBytes(Service.WebhookSecret);
        app.MapPost("/push", async context => context.Response.StatusCode = await IsSignedAsync(context.Request, secret)
            ? StatusCodes.Status202Accepted
            : StatusCodes.Status401Unauthorized);
        await app.StartAsync(ct);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    private static async Task<bool> IsSignedAsync(HttpRequest request, byte[] secret)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
            var mac = Convert.ToHexStringLower(HMACSHA256.HashData(secret, buffer.AsSpan(0, length)));
            return request.Headers["X-Hub-Signature-256"].ToString() == "sha256=" + mac;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

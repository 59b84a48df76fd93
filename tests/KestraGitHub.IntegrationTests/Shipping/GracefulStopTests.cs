using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.Shipping;

/// <summary>SIGTERM, as every orchestrator sends it.</summary>
[Collection("Endurance")]
public sealed class GracefulStopTests : IAsyncLifetime
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """{"ref":"refs/heads/main","before":"2222222222222222222222222222222222222222","after":"1111111111111111111111111111111111111111","commits":[],"repository":{"full_name":"acme/flows"}}""");

    private House _house = null!;

    public async Task InitializeAsync()
    {
        _house = await House.OpenAsync();
        _house.Define("ends", "PT30S");
        _house.Commit("ends", 1, "first");
        await _house.Service.StartAsync();
    }

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_delivery_in_hand_is_taken_while_new_calls_are_refused_and_the_process_ends_with_0()
    {
        using var client = await BeginAsync();
        var stopping = _house.Service.StopAsync();
        await Wait.UntilAsync(RefusedAsync, House.Patience, () => "new connections are still taken\n" + _house.Service.Output);
        await client.GetStream().WriteAsync(Body.AsMemory(Body.Length / 2));
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 202 Accepted", await reader.ReadLineAsync());
        await stopping;
        Assert.Equal(0, await _house.Service.WaitForExitAsync());
        Assert.DoesNotContain("fail:", _house.Service.Output, StringComparison.Ordinal);

        await _house.Service.StartAsync();
        Assert.Single(await _house.AllAsync("/api/v1/runs"));
    }

    [Fact]
    public async Task A_sender_that_never_ends_does_not_keep_the_process()
    {
        using var client = await BeginAsync();
        await _house.Service.StopAsync();
        Assert.Equal(0, await _house.Service.WaitForExitAsync());
    }

    /// <summary>A signed delivery of which half has been sent.</summary>
    private async Task<TcpClient> BeginAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _house.Service.BaseUrl.Port);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ServiceProcess.WebhookSecret), Body));
        var head = $"POST {House.Hook("ends")} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nX-GitHub-Event: push\r\n"
            + $"X-GitHub-Delivery: {Guid.NewGuid()}\r\nX-Hub-Signature-256: sha256={signature}\r\nExpect: 100-continue\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));

        // "100 Continue" comes when the service has begun to read: the call is in its hands.
        var answer = new byte[25];
        await client.GetStream().ReadExactlyAsync(answer);
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
        await client.GetStream().WriteAsync(Body.AsMemory(0, Body.Length / 2));
        return client;
    }

    private async Task<bool> RefusedAsync()
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync(IPAddress.Loopback, _house.Service.BaseUrl.Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}

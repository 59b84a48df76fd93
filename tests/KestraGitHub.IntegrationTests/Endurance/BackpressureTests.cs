using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using KestraGitHub.IntegrationTests.EndToEnd;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>A gigabyte of bodies at once, sent to the built service.</summary>
[Collection("Endurance")]
public sealed class BackpressureTests : IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;
    private const int Callers = 48;

    // The budget of 128, one body laid out and its index 64, the idle service 115, and what the server and the runtime take for 48 connections.
    // With a body's memory taken as it came, it was 3,000.
    private const int MostMegabytes = 700;

    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync();

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Many_large_bodies_at_once_are_put_off_and_none_is_lost_in_bounded_memory()
    {
        Assert.True(OperatingSystem.IsLinux(), "Memory is read from /proc.");
        _house.Define("big", url: "https://git.example.com/nobody/asks.git");
        await _house.Service.StartAsync();
        var body = Body(25 * Megabyte);
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ServiceProcess.WebhookSecret), body));
        var putOff = 0;
        var taken = new ConcurrentBag<string>();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            var delivery = Guid.NewGuid().ToString();
            for (var tries = 1; ; tries++)
            {
                using var answer = await SendAsync(body, signature, delivery);
                if (answer.StatusCode == HttpStatusCode.Accepted) break;
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.NotNull(answer.Headers.RetryAfter);
                Interlocked.Increment(ref putOff);
                Assert.True(tries < 200, "never taken");
                await Task.Delay(Random.Shared.Next(200, 2000));
            }

            taken.Add(delivery);
        }));
        await _house.PushAsync("big");

        Assert.True(putOff > 0);
        var stored = (await _house.AllAsync("/api/v1/deliveries")).Select(d => d.GetProperty("deliveryId").GetString()!).ToHashSet();
        Assert.Superset(taken.ToHashSet(), stored);
        Assert.Equal(Callers + 1, stored.Count);
        Assert.InRange(PeakMegabytes(), 1, MostMegabytes);
        var metrics = await _house.Service.Http.GetStringAsync("/metrics");
        Assert.Contains($"kestra_github_webhook_backpressure_total {putOff}\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"kestra_github_webhook_answers_total{{status=\"503\"}} {putOff}\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"kestra_github_webhook_answers_total{{status=\"202\"}} {Callers + 1}\n", metrics, StringComparison.Ordinal);
        Assert.Contains("kestra_github_webhook_bytes_in_flight 0\n", metrics, StringComparison.Ordinal);
        Assert.Matches("kestra_github_oldest_due_run_age_seconds [0-9]", metrics);
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, string signature, string delivery)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, House.Hook("big")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-GitHub-Event", "push");
        request.Headers.Add("X-GitHub-Delivery", delivery);
        request.Headers.Add("X-Hub-Signature-256", signature);
        return await _house.Service.Http.SendAsync(request);
    }

    private int PeakMegabytes()
    {
        var line = File.ReadLines($"/proc/{_house.Service.ProcessId}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>A push whose commits fill it.</summary>
    private static byte[] Body(int size)
    {
        const string Commit = """{"id":"0123456789","message":"fill the body up to what is the most","added":["flows/a.yml"],"distinct":true},""";
        var text = new StringBuilder("""{"ref":"refs/heads/main","commits":[""", size);
        while (text.Length < size - (2 * Commit.Length)) text.Append(Commit);
        text.Append("{}]}").Append(' ', size - text.Length);
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}

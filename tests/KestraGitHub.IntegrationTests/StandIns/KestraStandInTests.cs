using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.StandIns;

/// <summary>What the recordings cannot show: faults, hanging, costs, and the side door for tests.</summary>
public sealed class KestraStandInTests
{
    private const string Flow = "id: a\nnamespace: team\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n";

    [Fact]
    public async Task A_status_fault_strikes_as_often_as_told_and_does_nothing()
    {
        await using var standIn = await KestraStandIn.StartAsync();
        using var http = Client(standIn);
        standIn.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 429, RetryAfter = 7, Method = "POST", PathContains = "/flows", After = 1, Count = 1 });
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("api/v1/main/flows", Yaml(Flow))).StatusCode);
        using var refused = await http.PostAsync("api/v1/main/flows", Yaml(Flow.Replace("id: a", "id: b", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter!.Delta);
        Assert.Single(standIn.State.ListFlows());
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("api/v1/main/flows/search")).StatusCode);
    }

    [Fact]
    public async Task A_cut_body_breaks_off_after_the_work_is_done()
    {
        await using var standIn = await KestraStandIn.StartAsync();
        using var http = Client(standIn);
        standIn.Faults.Add(new FaultRule { Effect = FaultEffect.CutBody, Count = 1 });
        await Assert.ThrowsAsync<HttpRequestException>(() => http.PostAsync("api/v1/main/flows", Yaml(Flow)));
        Assert.Equal(1, standIn.State.GetFlow("team", "a")!.Revision);
        Assert.Equal(0, Assert.Single(standIn.Calls).Status);
    }

    [Fact]
    public async Task A_put_of_an_absent_flow_hangs_on_demand_and_does_not_hold_up_the_end()
    {
        var standIn = await KestraStandIn.StartAsync(new KestraStandInOptions { PutAbsentHangs = true });
        using var http = Client(standIn);
        var put = http.PutAsync("api/v1/main/flows/team/a", Yaml(Flow));
        while (standIn.Calls.Count == 0)
        {
            await Task.Delay(10);
        }

        Assert.False(put.IsCompleted);
        var clock = Stopwatch.StartNew();
        await standIn.DisposeAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
        await Assert.ThrowsAsync<HttpRequestException>(() => put);
    }

    [Fact]
    public async Task Calls_without_a_route_are_told_apart()
    {
        await using var standIn = await KestraStandIn.StartAsync();
        using var http = Client(standIn);
        await http.GetAsync("api/v1/main/flows/team/absent?source=true");
        await http.GetAsync("api/v1/main/apps/search");
        await http.DeleteAsync("api/v1/main/flows");
        Assert.Equal(["/api/v1/main/apps/search", "/api/v1/main/flows"], standIn.UnknownCalls.Select(c => c.Path));
        Assert.Equal("source=true", standIn.Calls[0].Query);
        using var open = new HttpClient { BaseAddress = standIn.BaseUrl };
        Assert.Contains("apps/search", await open.GetStringAsync("_standin/unknown"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_put_in_by_the_side_door_is_served_and_validated_by_installed_plugins()
    {
        await using var standIn = await KestraStandIn.StartAsync(new KestraStandInOptions { Version = "1.3", Plugins = ["io.kestra.plugin.git"] });
        using var http = Client(standIn);
        standIn.State.PutFlow(Flow);
        standIn.State.PutFile("team", "/scripts/a.py", "print(1)");
        Assert.Equal("print(1)", await http.GetStringAsync("api/v1/main/namespaces/team/files?path=%2Fscripts%2Fa.py"));
        using var rows = await http.PostAsync("api/v1/main/flows/validate", Yaml(Flow.Replace("core.log.Log", "git.SyncFlows", StringComparison.Ordinal)));
        Assert.DoesNotContain("constraints", await rows.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_costs_calls_wait_for_each_other()
    {
        await using var standIn = await KestraStandIn.StartAsync(new KestraStandInOptions { Costs = true });
        using var http = Client(standIn);
        for (var i = 0; i < 500; i++)
        {
            standIn.State.PutFlow(Flow.Replace("id: a", $"id: f{i}", StringComparison.Ordinal));
        }

        var clock = Stopwatch.StartNew();
        await http.GetAsync("api/v1/main/flows/export/by-query");
        var alone = clock.Elapsed;
        clock.Restart();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.GetAsync("api/v1/main/flows/export/by-query")));
        Assert.True(alone > TimeSpan.FromMilliseconds(40), $"alone {alone}");

        // 8 × 48 ms, two at a time, less the real work S, which is done one at a time: max(S, (384 - S) / 2) is never below 128 ms.
        Assert.True(clock.Elapsed > TimeSpan.FromMilliseconds(120), $"eight at once {clock.Elapsed}");
    }

    private static HttpClient Client(KestraStandIn standIn)
    {
        var http = new HttpClient { BaseAddress = standIn.BaseUrl, Timeout = TimeSpan.FromSeconds(20) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("admin@kestra.io:Kestra1234"u8));
        return http;
    }

    private static ByteArrayContent Yaml(string text) =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-yaml") } };
}

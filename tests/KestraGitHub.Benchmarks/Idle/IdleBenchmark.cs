using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Benchmarks.Measuring;
using KestraGitHub.Benchmarks.Sync;

namespace KestraGitHub.Benchmarks.Idle;

/// <summary>What the service costs while little happens.</summary>
internal sealed class IdleBenchmark(int starts, int pushes, int definitions, int minutes)
{
    private const int Flows = 100;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenPushes = TimeSpan.FromSeconds(1);

    private readonly List<IReadOnlyList<string>> _rows = [];

    public async Task<int> RunAsync()
    {
        using var place = new Workplace();
        Report.Head("At rest", place.Folder);
        await StartsAsync(place);
        await PushesAsync(place.Sub("pushes"));
        if (definitions > 0) await SchedulesAsync(place.Sub("schedules"));
        Report.Table(["", "median", "each"], _rows);
        return 0;
    }

    private async Task StartsAsync(Workplace place)
    {
        var (times, memory) = (new List<double>(), new List<double>());
        for (var i = 0; i < starts; i++)
        {
            // The first start makes the database; the others find it.
            await using var service = new Service(place.Sub("starts"));
            var clock = Stopwatch.StartNew();
            service.Start();
            await service.AnswersAsync("/health/live", TimeSpan.FromMilliseconds(5));
            times.Add(clock.Elapsed.TotalMilliseconds);
            if (i >= 3) continue;
            await Task.Delay(Rest);
            memory.Add(Proc.Resident(service.Id) / 1048576.0);
        }

        Add("from exec to the first 200 of /health/live, ms", times, "0");
        Add($"resident memory after {Rest.TotalSeconds:0} s at rest, MiB", memory, "0");
    }

    private async Task PushesAsync(string folder)
    {
        await using var house = await House.CreateAsync(folder, costs: false);
        var load = new FlowLoad(Flows);
        await house.Repository.CommitAsync(load.All);
        await house.DefineAsync(House.Flow, $"""
            {load.Definition(house.CloneUrl)}
            triggers:
              - id: github
                type: io.kestra.plugin.core.trigger.Webhook
                key: {Service.WebhookKey}
            x-kestra-github:
              debounce: PT0S
            """);
        await house.Service.StartAsync();
        await house.RunAsync();
        var (answered, written) = (new List<double>(), new List<double>());
        for (var i = 1; i <= pushes; i++)
        {
            await Task.Delay(BetweenPushes);
            await house.Repository.CommitAsync([load.File(i, i)]);
            var before = house.Kestra.State.FlowWrites();
            var clock = Stopwatch.StartNew();
            await PushAsync(house.Service);
            answered.Add(clock.Elapsed.TotalMilliseconds);
            await Until.HoldsAsync(
                () => Task.FromResult(house.Kestra.State.FlowWrites() > before), TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(1),
                () => $"No write came of a push:\n{house.Service.LastWords}");
            written.Add(clock.Elapsed.TotalMilliseconds);
        }

        Add("from a push to its 202, ms", answered, "0.0");
        Add($"from a push to the first write in Kestra, debounce off, {Flows} flows, ms", written, "0");
    }

    private async Task SchedulesAsync(string folder)
    {
        await using var house = await House.CreateAsync(folder, costs: false);
        await house.Repository.CommitAsync(new FlowLoad(Flows).All);
        for (var i = 0; i < definitions; i++)
            await house.DefineAsync($"sync{i}", $"""
                tasks:
                  - id: git
                    type: io.kestra.plugin.git.SyncFlows
                    url: {house.CloneUrl}
                    branch: main
                    gitDirectory: _flows/team{i % 20}
                    targetNamespace: {Load.Namespace}{i}
                triggers:
                  - id: minute
                    type: io.kestra.plugin.core.trigger.Schedule
                    cron: "* * * * *"
                """);
        await house.Service.StartAsync();

        // Their first runs write; at rest is what comes after them.
        await Until.SettledAsync(() => house.Kestra.State.FlowWrites(), TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(15), () => "The first syncs do not end.");
        List<double> shares = [];
        var git = house.Git.Value;
        for (var i = 0; i < minutes; i++)
        {
            var (clock, before) = (Stopwatch.StartNew(), Proc.Cpu(house.Service.Id));
            await Task.Delay(TimeSpan.FromMinutes(1));
            shares.Add(100 * (Proc.Cpu(house.Service.Id) - before) / clock.Elapsed);
        }

        Add($"{definitions} definitions with a schedule each minute: processor, its git included, % of one core", shares, "0");
        Add("… git processes a minute", [(house.Git.Value - git) / (double)minutes], "0");
        Add("… resident memory, MiB", [Proc.Resident(house.Service.Id) / 1048576.0], "0");
    }

    private void Add(string what, IReadOnlyList<double> values, string format)
    {
        _rows.Add([what, values.Median().In(format), string.Join(", ", values.Select(v => v.In(format)))]);
        Report.Line($"{what}: {values.WithRaw(format)}");
    }

    private static async Task PushAsync(Service service)
    {
        var body = """{"ref":"refs/heads/main","repository":{"full_name":"acme/flows"},"pusher":{"name":"octo"},"sender":{"login":"octo"},"commits":[]}"""u8.ToArray();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Service.WebhookPath(House.Flow)) { Content = content };
        request.Headers.Add("X-GitHub-Event", "push");
        request.Headers.Add("X-GitHub-Delivery", Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture));
        request.Headers.Add(
            "X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Service.WebhookSecret), body)));
        using var answer = await service.Http.SendAsync(request);
        if (answer.StatusCode != System.Net.HttpStatusCode.Accepted) throw new BenchmarkException($"A push was answered with {answer.StatusCode}.");
    }
}

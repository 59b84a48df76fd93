using System.Net.Http.Headers;

namespace KestraGitHub.Benchmarks.Measuring;

/// <summary>The built service as a process of its own, with nothing of the caller's settings but what is given here.</summary>
internal sealed class Service(string folder) : IAsyncDisposable
{
    public const string Token = "an-admin-token-for-benchmarks";
    public const string WebhookSecret = "a-webhook-secret-for-benchmarks";
    public const string WebhookKey = "a-webhook-key-for-benchmarks";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private Child? _child;

    public Uri Url { get; init; } = new($"http://127.0.0.1:{Child.FreePort()}");

    public string Definitions { get; } = Directory.CreateDirectory(Path.Combine(folder, "definitions")).FullName;

    public string Data { get; } = Path.Combine(folder, "data");

    public Dictionary<string, string> Settings { get; } = new()
    {
        ["Api__Tokens__0"] = Token, ["Webhooks__Secrets__0"] = WebhookSecret, ["NO_PROXY"] = "127.0.0.1", ["no_proxy"] = "127.0.0.1",
    };

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    public int Id => _child!.Id;

    public string LastWords => _child?.LastWords ?? "";

    /// <summary>The path of a sync's webhook.</summary>
    public static string WebhookPath(string flow) => $"/webhook/main/system/{flow}/{WebhookKey}";

    /// <summary>Starts it; it is not ready when this returns.</summary>
    public void Start()
    {
        Http.BaseAddress ??= Url;
        Http.DefaultRequestHeaders.Authorization ??= new AuthenticationHeaderValue("Bearer", Token);
        _child = Child.Start(
            Path.Combine(folder, "service.log"), Environment.ProcessPath is { } self && Path.GetFileName(self) == "dotnet" ? self : "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "kestra-github.dll"), $"--Urls={Url.GetLeftPart(UriPartial.Authority)}",
                $"--Data:Path={Data}", $"--Definitions:Path={Definitions}",
            ],
            Settings);
    }

    /// <summary>Starts it and waits until it does its work.</summary>
    public async Task StartAsync()
    {
        Start();
        await AnswersAsync("/health/ready", TimeSpan.FromMilliseconds(50));
    }

    public Task AnswersAsync(string path, TimeSpan pause) =>
        Until.HoldsAsync(() => IsOkAsync(path), Patience, pause, () => $"The service did not answer {path}:\n{LastWords}");

    public async Task StopAsync()
    {
        if (_child is not null) await _child.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is not null) await _child.DisposeAsync();
        Http.Dispose();
    }

    private async Task<bool> IsOkAsync(string path)
    {
        if (_child!.HasEnded) throw new BenchmarkException($"The service ended instead of starting:\n{LastWords}");
        try
        {
            using var answer = await Http.GetAsync(path);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet.
        }
    }
}

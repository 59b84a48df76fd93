using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace KestraGitHub.IntegrationTests.EndToEnd;

/// <summary>The built binary, run as a user runs it, on a data folder that outlives it: it can be killed and started again.</summary>
internal sealed class ServiceProcess(string folder, Dictionary<string, string> settings, string name = "data") : IAsyncDisposable
{
    public const string Token = "an-admin-token-for-tests";
    public const string WebhookSecret = "a-webhook-secret-for-tests";
    private static readonly string Binary = Path.Combine(AppContext.BaseDirectory, "kestra-github.dll");
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    /// <summary>Taken over by the next start; an empty value takes back what this class sets.</summary>
    public Dictionary<string, string> Settings { get; } = settings;

    public string DataPath { get; } = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    public string DefinitionsPath { get; } = Directory.CreateDirectory(Path.Combine(folder, "definitions")).FullName;

    public Uri BaseUrl { get; } = new($"http://127.0.0.1:{FreePort()}");

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public string Output => string.Join('\n', _output);

    public int ProcessId => _process!.Id;

    public async Task StartAsync()
    {
        Launch();
        await WaitUntilReadyAsync();
    }

    /// <summary>Starts it and does not wait.</summary>
    public void Launch()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.ArgumentList.Add(Binary);
        start.ArgumentList.Add($"--Urls={BaseUrl.GetLeftPart(UriPartial.Authority)}");
        start.ArgumentList.Add($"--Data:Path={DataPath}");
        start.ArgumentList.Add($"--Definitions:Path={DefinitionsPath}");
        start.Environment["Api__Tokens__0"] = Token;
        start.Environment["Webhooks__Secrets__0"] = WebhookSecret;
        start.Environment["Git__AllowedProtocols__0"] = "http";
        foreach (var (key, value) in Settings) start.Environment[key] = value;
        foreach (var (key, _) in Settings.Where(s => s.Value.Length == 0)) start.Environment.Remove(key);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        Http.BaseAddress ??= BaseUrl;
        Http.DefaultRequestHeaders.Authorization ??= new AuthenticationHeaderValue("Bearer", Token);
    }

    public async Task WaitUntilReadyAsync() =>
        await Wait.UntilAsync(IsReadyAsync, TimeSpan.FromSeconds(60), () => $"the service did not get ready:\n{Output}");

    /// <summary>kill -9: nothing is finished, nothing is flushed.</summary>
    public void Kill()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        process.WaitForExit();
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as an init system does.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process) return;
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        _process?.Dispose();
        Http.Dispose();
        await Task.CompletedTask;
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process!.HasExited)
        {
            await _process.WaitForExitAsync(); // its last words may still be on their way
            throw new InvalidOperationException($"the service ended with {_process.ExitCode}:\n{Output}");
        }

        try
        {
            using var answer = await Http.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is not null) _output.Enqueue(line);
    }

    /// <summary>Below those that the system gives to outgoing connections: one of them would take it before the service is up.</summary>
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}

internal static class Wait
{
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> complaint)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > limit) throw new TimeoutException(complaint());
            await Task.Delay(50);
        }
    }
}

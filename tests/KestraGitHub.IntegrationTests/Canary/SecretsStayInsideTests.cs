using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Kestra;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Canary;

/// <summary>Every secret is a text of its own; whatever happens, none of them comes out anywhere.</summary>
[Collection("Endurance")]
public sealed partial class SecretsStayInsideTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Canary _gitPassword = new("git password"), _literal = new("literal password in the YAML"), _inUrl = new("password in a repository URL", "");
    private readonly Canary _kestraPassword = new("Kestra password"), _kestraToken = new("Kestra token", ""), _taskAuth = new("password in a task's auth");
    private readonly Canary _key = new("webhook key", ""), _secret = new("webhook secret"), _ownSecret = new("a definition's webhook secret");
    private readonly Canary _token = new("API token", "-_"), _privateKey = new("private key", ""), _passphrase = new("passphrase"), _broken = new("secret in a broken file", "");
    private readonly ConcurrentDictionary<string, string> _found = new();
    private House _house = null!;
    private EchoServer _echo = null!;

    private Canary[] All => [_gitPassword, _literal, _inUrl, _kestraPassword, _kestraToken, _taskAuth, _key, _secret, _ownSecret, _token, _privateKey, _passphrase, _broken];

    public async Task InitializeAsync()
    {
        _echo = await EchoServer.StartAsync();
        _house = await House.OpenAsync(
            ("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft", "Trace"), ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"),
            ("Logging__LogLevel__System", "Trace"), ("Logging__LogLevel__Quartz", "Trace"), ("Logging__LogLevel__KestraGitHub", "Trace"),
            ("Logging__Console__FormatterName", "simple"), ("Logging__Console__FormatterOptions__IncludeScopes", "true"),
            ("Kestra__Password", _kestraPassword.Value), ("Api__Tokens__0", _token.Value), ("Webhooks__Secrets__0", _secret.Value),
            ("SECRET_GIT_PASSWORD", Convert.ToBase64String(Encoding.UTF8.GetBytes(_gitPassword.Value))), ("Runs__MaxAttempts", "2"), ("Runs__RetryDelay", "00:00:00.2"));
        await _house.Kestra.DisposeAsync();
        _house.Kestra = await KestraStandIn.StartAsync(new KestraStandInOptions { Password = _kestraPassword.Value, Port = _house.Kestra.BaseUrl.Port });
        _house.Git.Account = ("someone", _gitPassword.Value);
        _house.Settings["Git__AllowedProtocols__1"] = "ssh";
        foreach (var manner in EchoServer.Manners)
        {
            _house.Settings[$"Kestra__Targets__{manner}__Url"] = $"{_echo.Url}/{manner}";
            _house.Settings[$"Kestra__Targets__{manner}__ApiToken"] = _kestraToken.Value;
        }

        _house.Service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token.Value);
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        await _echo.DisposeAsync();
    }

    [Fact]
    public async Task No_secret_comes_out_of_logs_answers_pages_files_arguments_or_addresses()
    {
        var syncs = DefineAll();
        _house.Commit("good", 3, "first");
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() => WatchArguments(stop.Token));
        await _house.Service.StartAsync();

        var runs = new List<string>();
        await TryTheWebhookAsync(runs);
        foreach (var sync in syncs) runs.Add(await RequestAsync(sync));
        foreach (var run in runs) await _house.WaitForAsync(run, r => r.GetProperty("finishedAt").ValueKind != System.Text.Json.JsonValueKind.Null);
        output.WriteLine(string.Join('\n', (await _house.AllAsync("/api/v1/runs")).Select(r => $"{r.GetProperty("sync").GetProperty("flow")}: {House.State(r)} {r.GetProperty("error")}")));
        Assert.Equal("succeeded", House.State(await _house.RunAsync(runs[0])));

        await TroubleWithKestraAsync();
        await TroubleWithTheDatabaseAsync();
        await LookAtAnswersAsync(runs);
        await stop.CancelAsync();
        await watching;
        LookAtFiles();
        Look("an address at the Git server", string.Join('\n', _house.Git.Requests.Select(r => $"{r.Path}{r.Query}")));
        Look("an address at Kestra", string.Join('\n', _house.Kestra.Calls.Select(c => $"{c.Path}?{c.Query}")));

        // Where the other server itself sent its callers is its own doing.
        Look("an address at another server", string.Join('\n', _echo.Targets.Where(t => !t.StartsWith("/elsewhere/", StringComparison.Ordinal))));
        await _house.Service.StopAsync();
        LookAtFiles();
        Look("the service's output", _house.Service.Output);
        output.WriteLine($"{_house.Service.Output.Length / 1024} KB of output looked at");
        Assert.True(_found.IsEmpty, string.Join("\n\n", _found.Select(f => $"{f.Key}:\n{f.Value}")));
    }

    [Theory]
    [InlineData("Kestra__Url", "http://user:{0}@127.0.0.1:1")]
    [InlineData("Kestra__Url", "{0}")]
    [InlineData("Kestra__Pasword", "{0}")]
    [InlineData("Kestra__Targets__x__Pasword", "{0}")]
    [InlineData("Storage__ConnectionString", "Host=127.0.0.1;Username=u;Password={0}")]
    [InlineData("Storage__ConnectionString", "nonsense={0}")]
    [InlineData("Webhooks__Secrets__0__Value", "{0}")]
    [InlineData("Webhooks__Secret", "{0}")]
    [InlineData("Api__Tokens__0__Role", "{0}")]
    [InlineData("Api__Token", "{0}")]
    [InlineData("GitHub__PrivateKey", "{0}")]
    [InlineData("SECRET_BROKEN", "{0}~~ no base64")]
    public async Task A_configuration_that_is_refused_is_refused_without_its_secrets(string key, string value)
    {
        _house.Settings[key] = value.Replace("{0}", _broken.Value, StringComparison.Ordinal);
        try
        {
            await _house.Service.StartAsync();
        }
        catch (InvalidOperationException e)
        {
            output.WriteLine(e.Message.Length > 600 ? e.Message[..600] : e.Message);
        }

        await _house.Service.StopAsync();
        Look("the service's output", _house.Service.Output);
        Assert.True(_found.IsEmpty, string.Join("\n\n", _found.Select(f => $"{f.Key}:\n{f.Value}")));
    }

    private async Task TryTheWebhookAsync(List<string> runs)
    {
        var body = """{"ref":"refs/heads/main","before":"2222222222222222222222222222222222222222","after":"1111111111111111111111111111111111111111"}"""u8.ToArray();
        foreach (var path in (string[])[$"/webhook/main/system/good/{_key.Value}", $"/api/v1/main/executions/webhook/system/good/{_key.Value}"])
        {
            using (var taken = await GitHubHook.SendAsync(_house.Service.Http, path, "push", body, Guid.NewGuid().ToString(), _secret.Value))
            {
                Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
                var text = await taken.Content.ReadAsStringAsync();
                Look($"the answer to a push", text + taken.Headers);
                runs.Add(RunId().Match(text).Groups[1].Value);
            }

            foreach (var (where, githubEvent, guid, secret, bytes) in new[]
            {
                (path, "push", "no guid", _secret.Value, body), (path, "", Guid.NewGuid().ToString(), _secret.Value, body), (path, "ping", Guid.NewGuid().ToString(), _secret.Value, body),
                (path, "push", Guid.NewGuid().ToString(), "wrong", body), (path, "push", Guid.NewGuid().ToString(), _secret.Value, "{no json"u8.ToArray()),
                (path + "/", "push", Guid.NewGuid().ToString(), "wrong", body), (path + "/more", "push", Guid.NewGuid().ToString(), _secret.Value, body),
                (path.Replace("good", "unknown", StringComparison.Ordinal), "push", Guid.NewGuid().ToString(), _secret.Value, body), (path + "?a=b", "push", Guid.NewGuid().ToString(), _secret.Value, body),
                (path + "%ff", "push", Guid.NewGuid().ToString(), _secret.Value, body), (path + "x", "push", Guid.NewGuid().ToString(), _secret.Value, new byte[26 << 20]),
            })
            {
                try
                {
                    using var answer = await GitHubHook.SendAsync(_house.Service.Http, where, githubEvent, bytes, guid, secret);
                    Look($"the answer to a bad push ({(int)answer.StatusCode})", await answer.Content.ReadAsStringAsync() + answer.Headers);
                }
                catch (HttpRequestException)
                {
                    // It hung up on a body that is too large.
                }
            }

            foreach (var method in (string[])["GET", "PUT", "OPTIONS", "HEAD"])
            {
                using var answer = await _house.Service.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
                Look($"the answer to {method}", await answer.Content.ReadAsStringAsync() + answer.Headers);
            }

            foreach (var raw in (string[])[$"POST {path} HTTP/9.9\r\n\r\n", $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", $"PO ST {path}\r\n\r\n", $"POST {path}\0 HTTP/1.1\r\nHost: a\r\n\r\n",
                $"GET /api/v1/runs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {_token.Value}\0\r\n\r\n", $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nshort", $"POST http://h{path} HTTP/1.1\r\nHost: other\r\n\r\n"])
                Look("the answer to a broken request", await SendRawAsync(raw));
        }
    }

    private async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_house.Service.BaseUrl.Host, _house.Service.BaseUrl.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var buffer = new byte[8192];
        try
        {
            return Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer, limit.Token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return "";
        }
    }

    private async Task<string> RequestAsync(string sync)
    {
        using var answer = await _house.Service.Http.PostAsJsonAsync($"/api/v1/main/syncs/system/{sync}/runs", new { });
        var text = await answer.Content.ReadAsStringAsync();
        Look($"the answer to a wish to run {sync}", text);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{sync}: {text}");
        return RunId().Match(text).Groups[2].Value;
    }

    private async Task TroubleWithKestraAsync()
    {
        foreach (var rule in new FaultRule[]
        {
            new() { Effect = FaultEffect.Html }, new() { Effect = FaultEffect.Status, Status = 401 }, new() { Effect = FaultEffect.Status, Status = 500 },
            new() { Effect = FaultEffect.CutBody }, new() { Effect = FaultEffect.Drop, Method = "POST" },
        })
        {
            _house.Commit("good", 3, $"with {rule.Effect} {rule.Status}");
            _house.Kestra.Faults.Add(rule);
            var run = await RequestAsync("good");
            await _house.WaitForAsync(run, r => r.GetProperty("finishedAt").ValueKind != System.Text.Json.JsonValueKind.Null);
            _house.Kestra.Faults.Clear();
        }
    }

    private async Task TroubleWithTheDatabaseAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_house.DatabaseFile};Pooling=False");
        await connection.OpenAsync();
        await using var hold = connection.BeginTransaction(deferred: false);
        using var answer = await GitHubHook.SendAsync(
            _house.Service.Http, $"/webhook/main/system/good/{_key.Value}", "push", """{"ref":"refs/heads/main","before":"2222222222222222222222222222222222222222","after":"1111111111111111111111111111111111111111"}"""u8.ToArray(), Guid.NewGuid().ToString(), _secret.Value);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Look("the answer while the database is away", await answer.Content.ReadAsStringAsync());
    }

    private void WatchArguments(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            foreach (var line in Processes.CommandLines()) Look("the arguments of a process", line);
            Thread.Sleep(15); // git lives longer, and looking takes processor time too
        }
    }

    private void Look(string where, string text)
    {
        foreach (var canary in All)
            if (canary.FindIn(text) is { } around)
                _found.TryAdd($"{canary.Name} in {where}", around);
    }

    private void LookAtFiles()
    {
        foreach (var file in Directory.EnumerateFiles(_house.Service.DataPath, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var name = Path.GetRelativePath(_house.Service.DataPath, file);
            if (name is "webhook-secret" or "admin-token" || name.StartsWith("keys/", StringComparison.Ordinal)) continue;
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var copy = new MemoryStream();
                stream.CopyTo(copy);
                Look($"the file {name}", Encoding.Latin1.GetString(copy.GetBuffer(), 0, (int)copy.Length));
            }
            catch (IOException)
            {
                // The lock of the folder, or gone since it was listed.
            }
        }
    }

    [GeneratedRegex("\"runId\":\"([^\"]+)\"|\"id\":\"([^\"]+)\"")]
    private static partial Regex RunId();
}

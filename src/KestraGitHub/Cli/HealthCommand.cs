using System.CommandLine;
using KestraGitHub.Configuration;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github health</c>: for a container's health check, where there is no other client. Exit code 1 when the service is not ready.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create(IReadOnlyList<string> settings)
    {
        var url = new Option<string?>("--url") { Description = "What to ask; /health/ready of the first of Urls unless given." };
        var command = CommandSettings.Command("health", "Ask a running service whether it is ready.", settings, (result, builder, ct) =>
            RunAsync(Address(result.GetValue(url)) ?? Configured(builder.Configuration), Console.Out, Console.Error, ct));
        command.Options.Add(url);
        return command;
    }

    /// <summary>An address to listen on (<c>http://+:5080</c>, <c>http://0.0.0.0:5080</c>) as one to call.</summary>
    public static Uri ReadyAt(string? urls)
    {
        var bound = BindingAddress.Parse(urls?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "http://127.0.0.1:5080");
        var host = bound.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : bound.Host;
        return new Uri($"{bound.Scheme}://{host}:{bound.Port}/health/ready");
    }

    private static Uri Configured(ConfigurationManager configuration) => ListenAddresses.Faults(configuration).Distinct().ToList() is { Count: > 0 } faults
        ? throw new ConfigurationException(faults)
        : ReadyAt(configuration["Urls"]);

    private static Uri? Address(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https") ? url
        : throw new ConfigurationException(["--url must be an address that begins with http:// or https://."]);

    private static async Task<int> RunAsync(Uri url, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(url, ct);
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync(ct));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"{url} does not answer: {e.Message}");
            return 1;
        }
    }
}

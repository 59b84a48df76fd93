using System.Text;
using KestraGitHub.Definitions;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

/// <summary>The secrets that may have signed a call: the definition's own, else the service's. Read once, when the host starts.</summary>
internal sealed partial class WebhookSecrets(IOptions<WebhookOptions> options, WebhookSecretFile file, ILogger<WebhookSecrets> logger)
    : IHostedLifecycleService
{
    private IReadOnlyList<byte[]>? _service;

    /// <summary>Empty only where unsigned calls are allowed and no secret is known.</summary>
    public IReadOnlyList<byte[]> For(Definition definition)
    {
        var own = definition.Options.WebhookSecrets;
        return own.Count > 0
            ? [.. own.Select(secret => Encoding.UTF8.GetBytes(secret.Reveal()))]
            : _service ?? throw new InvalidOperationException("The secrets of the webhooks are read when the host starts.");
    }

    // Before any service starts, and so before the first call can come in.
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var texts = options.Value.Secrets.Count > 0 ? options.Value.Secrets : await FromFileAsync(cancellationToken);
        _service = [.. texts.Select(Encoding.UTF8.GetBytes)];
        if (options.Value.AllowUnsigned) Log.Unsigned(logger);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<IReadOnlyList<string>> FromFileAsync(CancellationToken ct)
    {
        if (await file.ReadAsync(ct) is { } known)
        {
            if (file.IsOpenToOthers()) Log.OpenToOthers(logger, file.FullPath);
            return [known];
        }

        if (options.Value.AllowUnsigned) return [];
        var made = await file.MakeAsync(ct);
        Log.Made(logger, file.FullPath);
        return [made];
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information, "No webhook secret is configured: one was made. Give GitHub's webhook the text in {Path} as its secret.")]
        public static partial void Made(ILogger logger, string path);

        [LoggerMessage(LogLevel.Warning, "Others on this machine can read the webhook secret in {Path}: chmod 600 it.")]
        public static partial void OpenToOthers(ILogger logger, string path);

        [LoggerMessage(LogLevel.Warning, "Webhooks:AllowUnsigned is on: whoever knows a webhook's address can start its sync.")]
        public static partial void Unsigned(ILogger logger);
    }
}

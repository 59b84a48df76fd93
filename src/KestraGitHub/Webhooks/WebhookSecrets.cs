using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

/// <summary>
/// The secrets that may have signed a call: the definition's own, else the service's. Read once, when the host starts, after the data folder is ours
/// and before the first call can come in.
/// </summary>
internal sealed partial class WebhookSecrets(IOptions<WebhookOptions> options, KeptFiles files, ILogger<WebhookSecrets> logger) : IHostedService
{
    /// <summary>Where a made secret is kept: one line, readable by its owner alone.</summary>
    public const string FileName = "webhook-secret";

    private IReadOnlyList<byte[]>? _service;

    /// <summary>Empty only where unsigned calls are allowed and no secret is known.</summary>
    public IReadOnlyList<byte[]> For(Definition definition)
    {
        var own = definition.Options.WebhookSecrets;
        return own.Count > 0 ? [.. own.Select(secret => Encoding.UTF8.GetBytes(secret.Reveal()))] : Service;
    }

    /// <summary>The service's own, whatever a definition has.</summary>
    public IReadOnlyList<byte[]> Service => _service ?? throw new InvalidOperationException("The secrets of the webhooks are read when the host starts.");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var texts = options.Value.Secrets.Count > 0 ? options.Value.Secrets : FromFile();
        _service = [.. texts.Select(Encoding.UTF8.GetBytes)];
        if (options.Value.AllowUnsigned) Log.Unsigned(logger);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IReadOnlyList<string> FromFile()
    {
        if (options.Value.AllowUnsigned && files.Read(FileName) is null) return [];
        var file = files.ReadOrMake(FileName, () => RandomNumberGenerator.GetHexString(64, lowercase: true) + "\n");
        if (file.Made) Log.Made(logger, file.Path);
        return file.Content.Trim() is { Length: > 0 } secret
            ? [secret]
            : throw new StorageRefusedException(
                $"{file.Path} is empty: anyone could sign with it. Delete it and a new secret is made, or put GitHub's in.");
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information, "No webhook secret is configured: one was made. Give GitHub's webhook the text in {Path} as its secret.")]
        public static partial void Made(ILogger logger, string path);

        [LoggerMessage(LogLevel.Warning, "Webhooks:AllowUnsigned is on: whoever knows a webhook's address can start its sync.")]
        public static partial void Unsigned(ILogger logger);
    }
}

using System.Diagnostics;

namespace KestraGitHub.Storage;

/// <summary>Takes the data folder and opens the database before anything else of the service starts.</summary>
internal sealed partial class StorageStart(DataDirectory data, Database database, ILogger<StorageStart> logger) : IHostedService
{
    /// <summary>Service and database server are often started together.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="StorageRefusedException">The service must not start on this storage.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        data.Open();
        var watch = Stopwatch.StartNew();
        for (var told = false; ; told = true)
        {
            try
            {
                await database.InitializeAsync(cancellationToken);
                return;
            }
            catch (StorageUnavailableException e) when (watch.Elapsed < Patience)
            {
                if (!told) LogWaiting(logger, e.Message, Patience.TotalSeconds);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }
            catch (StorageUnavailableException e)
            {
                throw new StorageRefusedException(e.Message, e);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Warning, "{Message} It is waited for, up to {Seconds} s.")]
    private static partial void LogWaiting(ILogger logger, string message, double seconds);
}

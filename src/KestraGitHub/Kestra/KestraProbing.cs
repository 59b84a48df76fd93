namespace KestraGitHub.Kestra;

/// <summary>Asks the servers at start and every few minutes who they are, so that a run finds the answer and health knows who is away.</summary>
internal sealed class KestraProbing(KestraServers servers, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var all = await servers.ProbeAllAsync(stoppingToken);
                await Task.Delay(all ? Every : WhileAway, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}

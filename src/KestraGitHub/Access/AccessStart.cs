namespace KestraGitHub.Access;

/// <summary>Makes the admin's token before the first request needs it, so that the log says where it is.</summary>
internal sealed class AccessStart(TokenBook tokens) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        tokens.Open();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

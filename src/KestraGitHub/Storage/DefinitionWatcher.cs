using System.Threading.Channels;

namespace KestraGitHub.Storage;

/// <summary>
/// Loads the definitions before the server listens and keeps them current. The system's notices make it quick; a look each second finds what
/// brings no notice (network mounts, folders that come later).
/// </summary>
internal sealed partial class DefinitionWatcher(DefinitionFolder folder, TimeProvider time, ILogger<DefinitionWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _notices = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private FileSystemWatcher? _watcher;
    private bool _told;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        Watch();
        await folder.ReloadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _watcher?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Watch();
                if (!await NoticedAsync(Poll, stoppingToken) && !folder.Moved()) continue;
                // Editors and git write in bursts; a steady stream must not put the reading off for ever.
                var since = time.GetTimestamp();
                while (await NoticedAsync(Quiet, stoppingToken) && time.GetElapsedTime(since) < Longest)
                {
                }

                await folder.ReloadAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.Failed(logger, e);
            }
        }
    }

    private async Task<bool> NoticedAsync(TimeSpan within, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await _notices.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Watch()
    {
        var there = !folder.IsGiven && Directory.Exists(folder.Root);
        if (there == _watcher is not null) return;
        _watcher?.Dispose();
        _watcher = null;
        if (!there) return;
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder.Root) { IncludeSubdirectories = true };
            watcher.Changed += Notice;
            watcher.Created += Notice;
            watcher.Deleted += Notice;
            watcher.Renamed += Notice;
            watcher.Error += (_, _) => _notices.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            if (!_told) Log.PollsOnly(logger, e.Message);
            _told = true;
        }
    }

    private void Notice(object sender, FileSystemEventArgs e) => _notices.Writer.TryWrite(true);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The definitions folder brings no notices, it is looked at each second: {Reason}")]
        public static partial void PollsOnly(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Reading the definitions failed; what was loaded stays in force")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}

using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>When each schedule fired last, so that one that was missed while the service was down is seen.</summary>
internal sealed class ScheduleStore
{
    public Task<DateTimeOffset?> LastFiredAsync(SyncKey sync, string trigger, CancellationToken ct) => throw new NotImplementedException();

    public Task SetFiredAsync(SyncKey sync, string trigger, DateTimeOffset at, CancellationToken ct) => throw new NotImplementedException();
}

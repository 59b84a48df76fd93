namespace KestraGitHub.Pictures;

/// <summary>The time of whatever is written into the past.</summary>
internal sealed class HistoryClock : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}

namespace KestraGitHub.Runs;

/// <summary>Section <c>Runs</c>.</summary>
public sealed class RunOptions
{
    /// <summary>How many runs go on at once on this node.</summary>
    public int Workers { get; set; } = 4;

    /// <summary>How long a worker holds a run without a sign of life. It renews five times as often.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Attempts in all when failures are transient.</summary>
    public int MaxAttempts { get; set; } = 6;

    /// <summary>Wait before the second attempt; doubled each time, with jitter.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait between two attempts.</summary>
    public TimeSpan RetryDelayMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often due runs are looked for beside the wake-ups.</summary>
    public TimeSpan Sweep { get; set; } = TimeSpan.FromSeconds(15);
}

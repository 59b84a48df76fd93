namespace KestraGitHub.Kestra;

/// <summary>How long calls may take.</summary>
/// <param name="Write">One write. Short on purpose: a write that gets no answer is read back, never waited for (kestra-api.md 11.1).</param>
/// <param name="Read">How long a read may be silent.</param>
/// <param name="RetryDelay">Before the first quick retry; doubled for the second.</param>
internal sealed record KestraTimings(TimeSpan Write, TimeSpan Read, TimeSpan RetryDelay)
{
    public static KestraTimings Default { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(250));

    /// <summary>What the server's <c>Retry-After</c> may ask of a quick retry; more is for the run to wait.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Time for a body of this size beside <paramref name="plain"/>: at least 256 KiB a second is expected of any connection.</summary>
    public static TimeSpan WithBody(TimeSpan plain, long size) => plain + TimeSpan.FromSeconds(size / (256.0 * 1024));
}

namespace KestraGitHub.Webhooks;

/// <summary>The section <c>Webhooks</c> of the configuration.</summary>
public sealed record WebhookOptions
{
    public const string Section = "Webhooks";

    // It is read in one piece, and an array has its limit.
    private const int LargestBody = 1 << 29;

    // One that fills all of it but the eighth that is kept for small ones would never be taken while another comes.
    private const int BodiesInFlight = 2;
    private const int LeastInFlight = 1024 * 1024;

    /// <summary>GitHub's secrets, any of which may have signed a call: rotation is adding the new one first. Empty: one is made.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Takes calls without a signature. A signature that is sent must be right all the same.</summary>
    public bool AllowUnsigned { get; init; }

    /// <summary>Keeps the bodies of deliveries in the database, for looking into what GitHub sent.</summary>
    public bool KeepBodies { get; init; }

    /// <summary>GitHub never sends more than the default, 25 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>Bytes of all bodies that are held at once, whoever sends them. Over it a call is told to come back later.</summary>
    public long MaxBytesInFlight { get; init; } = 128 * 1024 * 1024;

    /// <summary>How long a caller may take over sending its body.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal static IEnumerable<string> Faults(WebhookOptions options)
    {
        for (var i = 0; i < options.Secrets.Count; i++)
            if (string.IsNullOrWhiteSpace(options.Secrets[i]))
                yield return $"Webhooks:Secrets:{i} is empty: anyone could sign with it. Give it GitHub's secret, or remove the key.";
        if (options.MaxBodyBytes is < 1 or > LargestBody) yield return $"Webhooks:MaxBodyBytes must lie between 1 and {LargestBody}.";
        if (options.MaxBytesInFlight < Math.Max(LeastInFlight, (long)BodiesInFlight * options.MaxBodyBytes))
            yield return $"Webhooks:MaxBytesInFlight must be at least {LeastInFlight}, and {BodiesInFlight} times Webhooks:MaxBodyBytes: with less, the largest body may never be taken.";
        if (options.BodyTimeout <= TimeSpan.Zero || options.BodyTimeout > TimeSpan.FromDays(1))
            yield return "Webhooks:BodyTimeout must be more than nothing and at most a day, written as in PT30S.";
    }
}

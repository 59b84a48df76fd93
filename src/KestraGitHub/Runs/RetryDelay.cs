namespace KestraGitHub.Runs;

/// <summary>How long to wait before another attempt.</summary>
internal static class RetryDelay
{
    /// <summary>Doubles with each attempt up to the limit, plus up to half of it by chance so that many syncs do not come back together; never less than was asked for.</summary>
    /// <param name="attempt">The attempt that just failed, from 1.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan After(int attempt, TimeSpan? asked, RunOptions options, double chance)
    {
        var doubled = options.RetryDelay * Math.Pow(2, Math.Min(attempt - 1, 20));
        var capped = doubled < options.RetryDelayMax ? doubled : options.RetryDelayMax;
        var delay = capped * (1 + chance / 2);
        return asked is { } least && least > delay ? least : delay;
    }
}

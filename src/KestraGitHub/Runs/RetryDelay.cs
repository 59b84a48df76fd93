using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>Whether and when a run is tried again after a transient failure: by the tasks' own <c>retry</c>, else by the section <c>Runs</c>.</summary>
internal static class RetryDelay
{
    /// <summary>Null when there are no attempts left.</summary>
    /// <param name="attempt">The attempt that just failed, from 1.</param>
    /// <param name="policy">The task's own wish, or null.</param>
    /// <param name="since">How long ago the run first began.</param>
    /// <param name="asked">What the other side asked for: never less than that.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan? After(int attempt, RetryPolicy? policy, TimeSpan since, TimeSpan? asked, RunOptions options, double chance)
    {
        var delay = policy is null ? ByOptions(attempt, options, chance) : ByPolicy(attempt, policy, since);
        return delay is { } least && asked is { } longer && longer > least ? longer : delay;
    }

    /// <summary>Doubles with each attempt up to the limit, plus up to half of it by chance so that many syncs do not come back together.</summary>
    private static TimeSpan? ByOptions(int attempt, RunOptions options, double chance)
    {
        if (attempt >= options.MaxAttempts) return null;
        var doubled = options.RetryDelay * Math.Pow(2, Math.Min(attempt - 1, 20));
        var capped = doubled < options.RetryDelayMax ? doubled : options.RetryDelayMax;
        return capped * (1 + chance / 2);
    }

    private static TimeSpan? ByPolicy(int attempt, RetryPolicy policy, TimeSpan since)
    {
        if (attempt >= policy.MaxAttempts) return null;
        var seconds = policy.Interval.TotalSeconds * Math.Pow(policy.Factor, attempt - 1);
        var longest = (policy.MaxInterval ?? TimeSpan.FromDays(1)).TotalSeconds;
        var delay = TimeSpan.FromSeconds(Math.Min(seconds, longest));
        return policy.MaxDuration is { } whole && since + delay > whole ? null : delay;
    }
}

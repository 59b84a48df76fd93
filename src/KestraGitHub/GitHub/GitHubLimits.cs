using System.Globalization;

namespace KestraGitHub.GitHub;

/// <summary>
/// What GitHub said about how much may be asked, by account. Where nothing is left nothing is sent until the time GitHub named: who goes on asking is banned.
/// </summary>
/// <param name="delay">How to wait; tests look at what was asked for instead.</param>
internal sealed class GitHubLimits(TimeProvider time, Func<TimeSpan, CancellationToken, Task>? delay = null)
{
    private static readonly TimeSpan BetweenCreations = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>How long nothing may be sent; zero when it may.</summary>
    public TimeSpan Blocked(string account)
    {
        lock (_gate) return _accounts.TryGetValue(account, out var known) && known.Until - time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero;
    }

    /// <summary>Waits until one more thing may be created: one a second.</summary>
    public Task TurnAsync(string account, CancellationToken ct)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var (known, now) = (Of(account), time.GetUtcNow());
            var turn = known.NextCreation > now ? known.NextCreation : now;
            known.NextCreation = turn + BetweenCreations;
            wait = turn - now;
        }

        return wait > TimeSpan.Zero ? delay?.Invoke(wait, ct) ?? Task.Delay(wait, time, ct) : Task.CompletedTask;
    }

    /// <summary>Takes note of an answer.</summary>
    /// <param name="message">What it said, when it was refused.</param>
    /// <returns>How long to wait when the answer was a limit, else null.</returns>
    public TimeSpan? Note(string account, HttpResponseMessage answer, string message)
    {
        var (status, now) = ((int)answer.StatusCode, time.GetUtcNow());
        var spent = Header(answer, "x-ratelimit-remaining") == 0;
        var reset = Header(answer, "x-ratelimit-reset") is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : now + FirstWait;
        lock (_gate)
        {
            var known = Of(account);
            if (status is not (403 or 429))
            {
                if (status < 400) known.Refusals = 0;
                if (spent) known.Block(reset);
                return null;
            }

            var asked = answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - now : null;
            var secondary = asked is not null || status == 429
                || message.Contains("secondary rate limit", StringComparison.OrdinalIgnoreCase) || message.Contains("abuse", StringComparison.OrdinalIgnoreCase);
            if (!secondary && !spent) return null;
            var wait = asked ?? (spent ? reset - now : FirstWait * Math.Pow(2, Math.Min(known.Refusals++, 6)));
            wait = TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.TicksPerSecond, LongestWait.Ticks));
            known.Block(now + wait);
            return wait;
        }
    }

    private Account Of(string account) => _accounts.TryGetValue(account, out var known) ? known : _accounts[account] = new Account();

    private static long? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed class Account
    {
        public DateTimeOffset Until { get; private set; }

        public DateTimeOffset NextCreation { get; set; }

        public int Refusals { get; set; }

        public void Block(DateTimeOffset until) => Until = until > Until ? until : Until;
    }
}

using System.Collections.Concurrent;
using KestraGitHub.Access;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>What one bar of the picture stands for.</summary>
public enum Span { Hour, Day, Week }

/// <summary>One bar.</summary>
/// <param name="Start">In UTC; a week begins on Monday.</param>
public sealed record BarView(DateTimeOffset Start, long Changed, long Quiet, long Failed)
{
    public long All => Changed + Quiet + Failed;
}

/// <param name="Bars">Oldest first; the last one is still going on.</param>
public sealed record TimelineView(Span Span, IReadOnlyList<BarView> Bars)
{
    public long Runs => Bars.Sum(b => b.All);

    public long Changed => Bars.Sum(b => b.Changed);

    public long Failed => Bars.Sum(b => b.Failed);
}

/// <summary>The picture of the runs. Hours that are over do not change any more: each is counted once, and kept.</summary>
internal sealed class Timeline(TallyStore tallies, TimeProvider time)
{
    private const int Weeks = 12;
    private const int HoursKept = (Weeks + 1) * 7 * 24;

    // An hour is over a little after its end: a run that ended in it may be stored late, and clocks differ.
    private const int Open = 2;

    private readonly ConcurrentDictionary<AccessScope, Known> _known = new();

    public async Task<TimelineView> ViewAsync(AccessScope scope, Span span, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var hours = await HoursAsync(_known.GetOrAdd(scope, _ => new Known()), scope, now.ToUnixTimeSeconds() / 3600, ct);
        var bars = Starts(span, now).Select(s => (s.Start, From: Hour(s.Start), To: Hour(s.End)))
            .Select(b => (b.Start, Of: hours.Where(h => h.Hour >= b.From && h.Hour < b.To).ToList()))
            .Select(b => new BarView(b.Start, b.Of.Sum(h => h.Changed), b.Of.Sum(h => h.Quiet), b.Of.Sum(h => h.Failed)));
        return new(span, [.. bars]);
    }

    private async Task<IReadOnlyList<Tally>> HoursAsync(Known known, AccessScope scope, long hour, CancellationToken ct)
    {
        await known.Gate.WaitAsync(ct);
        try
        {
            var from = Math.Max(known.UpTo, hour - HoursKept);
            var fresh = await tallies.HoursAsync(from, hour + Open, scope.Tenant, scope.Namespace, ct);
            known.Hours.RemoveAll(t => t.Hour < hour - HoursKept);
            IReadOnlyList<Tally> all = [.. known.Hours, .. fresh];
            known.Hours.AddRange(fresh.Where(t => t.Hour < hour - Open));
            known.UpTo = Math.Max(known.UpTo, hour - Open);
            return all;
        }
        finally
        {
            known.Gate.Release();
        }
    }

    private static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Starts(Span span, DateTimeOffset now)
    {
        var (length, bars) = span switch { Span.Hour => (TimeSpan.FromHours(1), 24), Span.Day => (TimeSpan.FromDays(1), 30), _ => (TimeSpan.FromDays(7), Weeks) };
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var last = span switch { Span.Hour => today.AddHours(now.UtcDateTime.Hour), Span.Day => today, _ => today.AddDays(-(((int)today.DayOfWeek + 6) % 7)) };
        return Enumerable.Range(0, bars).Select(i => last - (length * (bars - 1 - i))).Select(start => (start, start + length));
    }

    private static long Hour(DateTimeOffset at) => at.ToUnixTimeSeconds() / 3600;

    private sealed class Known
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public List<Tally> Hours { get; } = [];

        /// <summary>The first hour that is to be counted again.</summary>
        public long UpTo { get; set; }
    }
}

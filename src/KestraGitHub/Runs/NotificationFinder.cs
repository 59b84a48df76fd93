using KestraGitHub.Definitions;
using KestraGitHub.Notifications;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>
/// Finds what receivers are to be told, in what the database says and not in what this process saw: an end that another node wrote, or that was written right
/// before a crash, is found all the same.
/// </summary>
internal sealed class NotificationFinder(
    List<NotificationTarget> targets, NotificationStore store, DriftStore drift, IOptions<PublicAddress> address, TimeProvider time)
{
    /// <summary>How far the first look goes back: no node runs while all of them are down, so nothing ends then.</summary>
    private static readonly TimeSpan AtStart = TimeSpan.FromHours(24);

    /// <summary>An end may be stored a while after the time that stands in it.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);
    private DateTimeOffset? _looked;

    /// <returns>How many are new.</returns>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var from = _looked is { } looked ? looked - Overlap : now - AtStart;
        var facts = new List<(string Subject, Notice Notice, SyncKey Sync)>();
        foreach (var run in await store.EndedAsync(from, ct))
            if (OfEnd(run) is { } notice) facts.Add((run.Id, notice, run.Sync));
        foreach (var waiting in await store.WaitingAsync(ct))
            facts.Add((waiting.Run.Id, Of(NotificationEvents.ApprovalNeeded, waiting.Since, waiting.Run, waiting.Reason), waiting.Run.Sync));
        if (targets.Exists(t => t.Events.Contains(NotificationEvents.DriftFound)))
            foreach (var (sync, known) in await drift.AllAsync(null, ct))
                if (known.Objects.Count > 0) facts.Add((sync.ToString(), OfDrift(sync, known.Objects), sync));

        var news = new List<NewNotification>();
        foreach (var target in targets)
        {
            if (!_since.TryGetValue(target.Id, out var since)) _since[target.Id] = since = await store.SinceAsync(target.Id, ct);
            news.AddRange(facts.Where(f => f.Notice.At >= since && target.Wants(f.Notice.Event, f.Sync)).Select(f => new NewNotification(target.Id, f.Notice.Event, f.Subject, f.Notice.At, f.Notice.ToJson())));
        }

        var added = news.Count == 0 ? 0 : await store.AddAsync(news, ct);
        _looked = now;
        return added;
    }

    /// <summary>Null for one that looked and found nothing to do: that is no news.</summary>
    private Notice? OfEnd(RunRow run) => run.State switch
    {
        RunState.Failed => Of(NotificationEvents.RunFailed, run.FinishedAt!.Value, run, run.Error),
        RunState.Cancelled => Of(NotificationEvents.RunCancelled, run.FinishedAt!.Value, run, run.Error),
        _ => run.Counts.Changed > 0 ? Of(NotificationEvents.RunSucceeded, run.FinishedAt!.Value, run, null) : null,
    };

    private Notice Of(string what, DateTimeOffset at, RunRow run, string? reason) => new(
        what, at, new(run.Sync.Tenant, run.Sync.Namespace, run.Sync.Flow),
        new(run.Id, run.State.ToString().ToLowerInvariant(), run.Trigger.Kind, run.Trigger.By, run.Revision, run.CommitMessage, run.Author, CountWords.Of(run.Counts)),
        null, reason, address.Value.OfRun(run.Id));

    private Notice OfDrift(SyncKey sync, IReadOnlyList<DriftRow> objects) => new(
        NotificationEvents.DriftFound, objects.Max(o => o.Since), new(sync.Tenant, sync.Namespace, sync.Flow), null,
        [.. objects.Take(100).Select(o => new NoticeDrift(o.Kind, o.Namespace, o.Id, o.What, o.Since))], null, address.Value.OfSync(sync));
}

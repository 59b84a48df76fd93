using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Dashboard;

/// <summary>A part of the queue.</summary>
/// <param name="Explains">What its runs wait for.</param>
public sealed record JobGroup(string Title, string Explains, Tone Tone, IReadOnlyList<OpenRun> Runs);

/// <param name="Last">When it had the sync run last; null where it never did.</param>
public sealed record ScheduleView(SyncKey Sync, ScheduleTrigger Trigger, DateTimeOffset? Next, DateTimeOffset? Last, bool Suspended);

/// <param name="Workers">Runs at once on this node.</param>
/// <param name="Now">By the clock that leases go by.</param>
public sealed record JobsView(
    QueueDepth Depth, IReadOnlyList<JobGroup> Groups, IReadOnlyList<ScheduleView> Schedules, int MoreSchedules, int Workers, TimeSpan Lease, DateTimeOffset Now, bool Limited, Pause? AllPaused);

/// <summary>The queue, the workers and the clocks.</summary>
internal static class JobPages
{
    private const int MostRuns = 1000;
    private const int MostSchedules = 200;

    public static void MapJobPages(this IEndpointRouteBuilder routes) => routes.MapGet("/jobs", All);

    private static async Task<IResult> All(
        HttpContext context, RunStore runs, ScheduleStore fired, PauseStore pauses, DefinitionFolder definitions, IOptions<RunOptions> options, CancellationToken ct)
    {
        var scope = AccessScope.Of(context.User);
        var (open, now) = await runs.OpenAsync(MostRuns, ct);
        var seen = open.Where(r => scope.Allows(r.Run.Sync)).ToList();
        var (last, paused) = (await fired.RunsAsync(ct), await pauses.AllAsync(ct));
        var schedules = definitions.Catalog.Entries.Where(e => e.Key is { } key && scope.Allows(key) && definitions.Catalog.Find(key) == e)
            .SelectMany(e => (e.Definition is { Disabled: false } d ? d.Schedules : []).Select(s => (Sync: e.Key!.Value, Trigger: s))).ToList();
        var views = schedules.OrderBy(s => s.Sync.ToString(), StringComparer.Ordinal).Take(MostSchedules).Select(s => new ScheduleView(
            s.Sync, s.Trigger, NextTimes.Of(s.Trigger, now, 1).Select(t => (DateTimeOffset?)t).FirstOrDefault(),
            last.TryGetValue((s.Sync, s.Trigger.Id), out var at) ? at : null, paused.ContainsKey(s.Sync) || paused.ContainsKey(default)));
        var view = new JobsView(
            await runs.DepthAsync(ct), Groups(seen, now), [.. views.OrderBy(s => s.Next ?? DateTimeOffset.MaxValue)], Math.Max(0, schedules.Count - MostSchedules),
            options.Value.Workers, options.Value.Lease, now, scope.Limited, paused.GetValueOrDefault(default));
        return Page.Of<Pages.JobsPage>(PageFrame.Of(context, "Jobs", Links.Jobs), view);
    }

    private static IReadOnlyList<JobGroup> Groups(List<OpenRun> open, DateTimeOffset now)
    {
        var waiting = open.Where(r => r.Run.State == RunState.Waiting).ToLookup(r => r.Run.ErrorKind == "transient");
        var queued = open.Where(r => r.Run.State == RunState.Queued).ToLookup(r => r.Run.NotBefore <= now);
        return
        [
            new("Processing", "held by a worker", Tone.Info, [.. open.Where(r => r.Run.State == RunState.Running)]),
            new("Enqueued", "due, and no worker has taken them yet", Tone.Idle, [.. queued[true]]),
            new("Scheduled", "due later: more pushes may join them until then", Tone.Idle, [.. queued[false]]),
            new("Retries", "failed for a while, and tried again by themselves", Tone.Warn, [.. waiting[true]]),
            new("Awaiting", "for a person, a window, another sync or executions", Tone.Warn, [.. waiting[false]]),
        ];
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>
/// Goes through a hook's list of deliveries, back to where it was the last time, and takes in the pushes that no attempt brought here. GitHub never tries
/// again by itself, and forgets after three days.
/// </summary>
internal sealed partial class LostDeliveries(GitHubClient github, PollStore polls, RecoveryIntake intake, TimeProvider time, ILogger<LostDeliveries> logger)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);

    // What was under way at the last look may have failed since; a delivery's time is that of its start, by GitHub's clock.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(15);

    // Of the others a lost one costs nothing: the next one tells the same, or nobody waits for it. Of a button that did nothing its presser knows.
    private static readonly string[] Wanted = ["push", "pull_request", "merge_group"];

    // Within the overlap, a lost one is asked for once.
    private readonly ConcurrentDictionary<(string Hook, string Guid), DateTimeOffset> _taken = new();

    /// <returns>How many deliveries were taken in.</returns>
    /// <exception cref="GitHubException">GitHub does not answer; the next look begins where this one did.</exception>
    public async Task<int> RecoverAsync(OwnHook hook, CancellationToken ct)
    {
        var started = time.GetUtcNow();
        var from = await polls.SeenToAsync(hook.Path, ct) is { } seen && seen - Overlap > started - Kept ? seen - Overlap : started - Kept;
        foreach (var old in _taken.Where(t => t.Value < started - Kept).ToList()) _taken.TryRemove(old);
        var lost = await ListAsync(hook, from, ct);
        var recovered = 0;
        foreach (var (guid, id, @event) in lost)
        {
            if (_taken.ContainsKey((hook.Path, guid))) continue;
            if (await TakeAsync(hook, guid, id, @event, ct)) recovered++;
            _taken[(hook.Path, guid)] = started;
        }

        await polls.SeenToAsync(hook.Path, started, ct);
        if (recovered > 0) Log.Recovered(logger, recovered, hook.Address);
        return recovered;
    }

    /// <summary>Oldest first: the newest of a branch is to be the last word.</summary>
    private async Task<IReadOnlyList<(string Guid, long Id, string Event)>> ListAsync(OwnHook hook, DateTimeOffset from, CancellationToken ct)
    {
        var (good, failed) = (new HashSet<string>(StringComparer.Ordinal), new List<(string Guid, long Id, string Event)>());
        await foreach (var page in github.PagesAsync(hook.Scope, hook.Path + "/deliveries?per_page=100", ct))
        {
            var oldest = DateTimeOffset.MaxValue;
            foreach (var item in page.Items())
            {
                if (At(item) is { } at && at < oldest) oldest = at;
                if (item.Text("guid") is not { } text || !Guid.TryParseExact(text, "D", out var guid) || item.Text("event") is not { } @event || !Wanted.Contains(@event)) continue;
                var id = item.Member("id") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : 0;
                if (IsGood(item)) good.Add(guid.ToString("D"));
                else if (id > 0) failed.Add((guid.ToString("D"), id, @event));
            }

            if (oldest < from) break;
        }

        return [.. failed.Where(f => !good.Contains(f.Guid)).DistinctBy(f => f.Guid).Reverse()];
    }

    private async Task<bool> TakeAsync(OwnHook hook, string guid, long id, string @event, CancellationToken ct)
    {
        GitHubReply whole;
        try
        {
            whole = await github.GetAsync(hook.Scope, string.Create(CultureInfo.InvariantCulture, $"{hook.Path}/deliveries/{id}"), ct);
        }
        catch (GitHubException e) when (e.Kind == GitHubFailure.NotFound)
        {
            Log.Gone(logger, guid, hook.Address);
            return false;
        }

        if (whole.Body.Member("request")?.Member("payload") is not { ValueKind: JsonValueKind.Object } payload) return false;

        // It cannot be signed again: GitHub gives the payload as it read it. That GitHub gave it, over our own connection, is the proof.
        var call = new AuthenticCall(@event, guid, Secret: 0, DeliveryMedia.Json, new Dictionary<string, string>(StringComparer.Ordinal) { ["x-github-event"] = @event });
        await intake.TakeAsync(hook.Address, call, Encoding.UTF8.GetBytes(payload.GetRawText()), ct);
        return true;
    }

    private static bool IsGood(JsonElement item) =>
        item.Member("status_code") is { ValueKind: JsonValueKind.Number } code && code.TryGetInt32(out var status) && status is >= 200 and < 300;

    private static DateTimeOffset? At(JsonElement item) =>
        DateTimeOffset.TryParse(item.Text("delivered_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} deliveries for {Address} that never came were taken from GitHub's list")]
        public static partial void Recovered(ILogger logger, int count, HookAddress address);

        [LoggerMessage(LogLevel.Warning, "Delivery {Guid} for {Address} failed, and GitHub has it no more")]
        public static partial void Gone(ILogger logger, string guid, HookAddress address);
    }
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KestraGitHub.Notifications;

/// <summary>What a receiver is told: an event, the sync that it is about, and the run where there is one.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Reason">Why it failed, or why a person must look.</param>
/// <param name="Url">Where a person looks; null while Http:PublicUrl is not set.</param>
internal sealed record Notice(string Event, DateTimeOffset At, NoticeSync Sync, NoticeRun? Run, IReadOnlyList<NoticeDrift>? Drift, string? Reason, string? Url)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The same for each delivery of it: by this a receiver knows one that it has had.</summary>
    public string? Id { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public static Notice FromJson(string json) => JsonSerializer.Deserialize<Notice>(json, Options)!;

    /// <summary>As Slack's incoming webhooks take it. Names and messages are other people's text: nothing in them is a link or a mention.</summary>
    public string ToSlack()
    {
        var what = Event switch
        {
            NotificationEvents.RunSucceeded => ":white_check_mark: *Applied*",
            NotificationEvents.RunFailed => ":x: *Failed*",
            NotificationEvents.RunCancelled => ":no_entry_sign: *Cancelled*",
            NotificationEvents.DriftFound => ":warning: *Edited in Kestra*",
            _ => ":raised_hand: *Waits for approval*",
        };
        var text = $"{what} {Escaped($"{Sync.Namespace}/{Sync.Flow}")}";
        if (Run is { } run)
            text += $"{(run.Revision is { } revision ? $" at `{Escaped(revision[..Math.Min(12, revision.Length)])}`" : "")}{(run.CommitMessage is { Length: > 0 } message ? $" _{Escaped(message)}_" : "")}: {run.Counts}";
        if (Drift is { } drift) text += ": " + string.Join(", ", drift.Take(5).Select(d => Escaped($"{d.Kind} {d.Namespace}/{d.Id} {d.What}"))) + (drift.Count > 5 ? string.Create(CultureInfo.InvariantCulture, $" and {drift.Count - 5} more") : "");
        if (Reason is { } reason) text += $"\n>{Escaped(reason.Replace('\n', ' '))}";
        if (Url is { } url) text += $"\n<{url}|Look at it>";
        return JsonSerializer.Serialize(new { text }, Options);
    }

    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace('`', '\'');
}

internal sealed record NoticeSync(string Tenant, string Namespace, string Flow);

/// <param name="Counts">In words: <c>2 added, 1 deleted</c>.</param>
internal sealed record NoticeRun(string Id, string State, string Trigger, string? By, string? Revision, string? CommitMessage, string? Author, string Counts);

internal sealed record NoticeDrift(string Kind, string Namespace, string Id, string What, DateTimeOffset Since);

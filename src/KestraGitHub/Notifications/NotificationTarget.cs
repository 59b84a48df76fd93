using System.Security.Cryptography;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Notifications;

/// <summary>How a notification is written.</summary>
public enum NotificationFormat
{
    /// <summary>The event with its run, as JSON.</summary>
    Json,

    /// <summary>One sentence, for Slack and whatever takes what Slack takes.</summary>
    Slack,
}

/// <summary>One receiver: an item of the list <c>Notifications</c>. Only the operator names one, never a definition and never a caller of the API.</summary>
public sealed record NotificationTarget
{
    /// <summary>Where to; an incoming webhook's address is a secret by itself, and is never shown.</summary>
    public Secret? Url { get; init; }

    /// <summary>What the body is signed with (HMAC-SHA256, header <c>X-Hub-Signature-256</c>). Empty: it is not signed.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Which of <c>run.succeeded</c>, <c>run.failed</c>, <c>run.cancelled</c>, <c>drift.found</c>, <c>approval.needed</c>.</summary>
    public IReadOnlyList<string> Events { get; init; } = [NotificationEvents.RunFailed, NotificationEvents.DriftFound, NotificationEvents.ApprovalNeeded];

    /// <summary><c>json</c>, or <c>slack</c> for whatever takes what Slack takes.</summary>
    public NotificationFormat Format { get; init; }

    /// <summary><c>tenant</c>, or <c>tenant/namespace</c> (with the namespaces below it): only syncs in it; null means all.</summary>
    public string? Scope { get; init; }

    /// <summary>What the log calls it; null makes one of its place.</summary>
    public string? Name { get; init; }

    /// <summary>True: <c>http</c> is taken too, for a receiver beside the service.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Names it in the database without telling its address.</summary>
    internal string Id => TextDigest.Of($"{Url!.Reveal()} {Format} {Scope}")[..32];

    internal bool Wants(string what, SyncKey sync)
    {
        var scope = Scope?.Trim().Split('/') ?? [];
        return Events.Contains(what) && (scope is [] or [""] || (scope[0] == sync.Tenant && (scope.Length == 1 || NamespaceTree.IsSameOrBelow(sync.Namespace, scope[1]))));
    }

    internal IEnumerable<string> Faults(string key)
    {
        if (!Uri.TryCreate(Url?.Reveal(), UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0)
            yield return $"{key}:Url must be the address of a receiver, beginning with https://, without a user in it.";
        else if (url.Scheme == "http" && !AllowHttp)
            yield return $"{key}:Url must begin with https://. For a receiver that is reached without leaving your network set {key}:AllowHttp to true.";
        foreach (var what in Events.Except(NotificationEvents.All))
            yield return $"{key}:Events knows {string.Join(", ", NotificationEvents.All)}, and not one of those that it has.";
        if (Scope?.Trim().Split('/') is { } parts && (parts.Length > 2 || (parts.Length == 2 && !parts.All(p => p.Length > 0))))
            yield return $"{key}:Scope must be a tenant, or a tenant and a namespace as in main/company.team.";
    }
}

/// <summary>The words of <c>Events</c>.</summary>
internal static class NotificationEvents
{
    public const string RunSucceeded = "run.succeeded";
    public const string RunFailed = "run.failed";
    public const string RunCancelled = "run.cancelled";
    public const string DriftFound = "drift.found";
    public const string ApprovalNeeded = "approval.needed";

    public static IReadOnlyList<string> All { get; } = [RunSucceeded, RunFailed, RunCancelled, DriftFound, ApprovalNeeded];
}

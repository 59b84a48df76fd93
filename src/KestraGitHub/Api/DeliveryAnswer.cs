using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Api;

/// <summary>One webhook call as the API tells it. Never its body, nor anything that proves who sent it.</summary>
/// <param name="Outcome"><c>queued</c>, <c>merged</c>, <c>recovered</c> (taken from GitHub's list, for no call brought it), <c>ignored</c>, <c>pong</c>.</param>
/// <param name="Status">What the sender was told: a merged delivery was told <c>queued</c>.</param>
/// <param name="Trigger">The id of the definition's trigger.</param>
public sealed record DeliveryAnswer(
    string DeliveryId, string Tenant, string Namespace, string Flow, SyncKey Sync, string? Trigger, DateTimeOffset ReceivedAt, string Event,
    string? Action, string? Ref, string? Before, string? After, string? Repository, string? Sender, long Size, string Sha256, string Outcome,
    string Status, string? Reason, string? RunId, IReadOnlyDictionary<string, string> Headers)
{
    public static DeliveryAnswer From(DeliveryRow d) => new(
        d.DeliveryId, d.Sync.Tenant, d.Sync.Namespace, d.Sync.Flow, d.Sync, d.TriggerId, d.ReceivedAt, d.Event, d.Action, d.Ref, d.Before, d.After,
        d.Repository, d.Sender, d.Size, d.Sha256, d.Outcome, d.Outcome == "merged" ? "queued" : d.Outcome, d.Reason, d.RunId, d.Headers);
}

using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>What is kept of one webhook call for one sync.</summary>
/// <param name="DeliveryId">GitHub's guid. It counts once for each sync.</param>
/// <param name="Outcome"><c>queued</c>, <c>merged</c>, <c>recovered</c> (a run came of it, and no call brought it), <c>ignored</c>, <c>pong</c>.</param>
/// <param name="Reason">Why nothing happened, for a person; null where a run came of it.</param>
/// <param name="Headers">GitHub's own headers (names in lower case), never a signature or an Authorization.</param>
/// <param name="Secret">Which of the configured secrets signed it, 1-based; 0 when unsigned calls are allowed.</param>
/// <param name="Body">Only where <c>Webhooks:KeepBodies</c> says so.</param>
public sealed record DeliveryRow(
    string DeliveryId, SyncKey Sync, string? TriggerId, DateTimeOffset ReceivedAt, string Event, string? Action, string? Ref, string? Before,
    string? After, string? Repository, string? Sender, IReadOnlyDictionary<string, string> Headers, long Size, string Sha256, int Secret,
    string Outcome, string? Reason, string? RunId, byte[]? Body = null);

/// <summary>What became of a delivery that was handed to <see cref="DeliveryStore.AcceptAsync"/>.</summary>
/// <param name="Outcome"><c>queued</c>, <c>merged</c> (both are answered as queued), <c>recovered</c>, <c>duplicate</c>, <c>ignored</c>, <c>pong</c>.</param>
public sealed record Accepted(string Outcome, string? RunId, string? Reason);

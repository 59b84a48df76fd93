using System.Security.Cryptography;
using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>An authentic call that was read: what is kept of it, and the run it asks for.</summary>
/// <param name="Json">Lives as long as the request.</param>
/// <param name="Raw">Lives as long as the request.</param>
internal sealed record WebhookCall(
    Definition Definition, WebhookTrigger Trigger, string Event, string DeliveryId, int Secret, JsonElement Json, ReadOnlyMemory<byte> Raw,
    IReadOnlyDictionary<string, string> Headers)
{
    private const int LongestName = 256;
    private const int LongestRef = 1024;

    public DeliveryFacts Facts { get; } = DeliveryFacts.Of(Json);

    public DeliveryRow ToRow(WebhookDecision decision, DateTimeOffset receivedAt, bool keepBody) => new(
        DeliveryId, Definition.Key, Trigger.Id, receivedAt, Event, PlainText.Of(Facts.Action, LongestName), PlainText.Of(Facts.Ref, LongestRef),
        PlainText.Of(Facts.Before, LongestName), PlainText.Of(Facts.After, LongestName), PlainText.Of(Facts.Repository, LongestName),
        PlainText.Of(Facts.Sender, LongestName), Headers, Raw.Length, Convert.ToHexStringLower(SHA256.HashData(Raw.Span)), Secret,
        decision.Verdict switch { WebhookVerdict.Run => "queued", WebhookVerdict.Pong => "pong", _ => "ignored" },
        decision.Reason, RunId: null, keepBody ? Raw.ToArray() : null);

    public RunRequest? ToRun(WebhookDecision decision) => decision.Verdict != WebhookVerdict.Run ? null : new(
        Definition.Key,
        new RunTrigger(
            "webhook", Trigger.Id, PlainText.Of(Facts.Pusher, LongestName), DeliveryId, Facts.Ref, IsCommit(Facts.After) ? Facts.After : null),
        DryRun: false, Revision: null, Definition.Options.Debounce, PayloadValues.Of(Definition.PayloadPaths, Json, Headers));

    private static bool IsCommit(string? text) => text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower);
}

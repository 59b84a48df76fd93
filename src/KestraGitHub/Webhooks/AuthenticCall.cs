using System.Security.Cryptography;
using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What is known of a call beside its body, once its signature is right or need not be.</summary>
/// <param name="Secret">Which of the secrets signed it, 1-based; 0 for an unsigned one.</param>
internal sealed record AuthenticCall(
    string Event, string DeliveryId, int Secret, DeliveryMedia Media, IReadOnlyDictionary<string, string> Headers)
{
    private const int LongestName = 256;
    private const int LongestRef = 1024;

    /// <summary>The payload, over <paramref name="raw"/> itself where it is no form; or null and what is wrong with it, in words that repeat nothing of it.</summary>
    public JsonDocument? Parse(ReadOnlyMemory<byte> raw, out string fault)
    {
        var json = raw;
        if (Media != DeliveryMedia.Form || FormPayload.TryDecode(raw.Span, out json)) return DeliveryJson.Parse(json, out fault);
        fault = "The form must hold the JSON in one field named payload.";
        return null;
    }

    public static string Digest(ReadOnlySpan<byte> raw) => Convert.ToHexStringLower(SHA256.HashData(raw));

    /// <param name="size">Bytes of the body, <paramref name="sha256"/> their digest.</param>
    /// <param name="outcome">What the call leads to by itself: <c>queued</c>, <c>ignored</c>, <c>pong</c>.</param>
    public DeliveryRow Row(
        SyncKey sync, string? trigger, DeliveryFacts facts, DateTimeOffset receivedAt, int size, string sha256, string outcome, string? reason) => new(
        DeliveryId, sync, trigger, receivedAt, Event, PlainText.Of(facts.Action, LongestName), PlainText.Of(facts.Ref, LongestRef),
        PlainText.Of(facts.Before, LongestName), PlainText.Of(facts.After, LongestName), PlainText.Of(facts.Repository, LongestName),
        PlainText.Of(facts.Sender, LongestName), Headers, size, sha256, Secret, outcome, reason, RunId: null);

    public RunRequest Run(Definition definition, WebhookTrigger trigger, DeliveryFacts facts, JsonElement body) => new(
        definition.Key,
        new RunTrigger(
            "webhook", trigger.Id, PlainText.Of(facts.Pusher, LongestName), DeliveryId, facts.Ref, IsCommit(facts.After) ? facts.After : null),
        DryRun: false, Revision: null, definition.Options.Debounce, PayloadValues.Of(definition.PayloadPaths, body, Headers));

    /// <summary>Nothing of the payload goes into the definition's expressions: whoever opens a pull request has no say in what is read, or from where.</summary>
    public RunRequest Plan(Definition definition, WebhookTrigger trigger, DeliveryFacts facts, PullRequest pull) => new(
        definition.Key, new RunTrigger("pullRequest", trigger.Id, PlainText.Of(facts.Sender, LongestName), DeliveryId, pull.MergeRef, pull.Head),
        DryRun: true, Revision: null, definition.Options.Debounce, new Dictionary<string, string>()) { PullRequest = pull };

    /// <summary>What had run once, once more: with what the delivery before it told, but for who asks.</summary>
    public RunRequest Again(Definition definition, WebhookTrigger trigger, DeliveryFacts facts, ToldCheck check) => new(
        definition.Key, new RunTrigger("rerun", trigger.Id, PlainText.Of(facts.Sender, LongestName), DeliveryId, check.Run.Trigger.Ref, check.Row.Sha),
        DryRun: false, Revision: null, TimeSpan.Zero, check.Run.Payload);

    /// <summary>The run that a decision asks for; null where it asks for none.</summary>
    public RunRequest? Wanted(WebhookDecision decision, Definition definition, WebhookTrigger trigger, DeliveryFacts facts, JsonElement body) => decision switch
    {
        { Verdict: not WebhookVerdict.Run } => null,
        { Pull: { } pull } => Plan(definition, trigger, facts, pull),
        { Check: { } check } => Again(definition, trigger, facts, check),
        _ => Run(definition, trigger, facts, body),
    };

    internal static bool IsCommit(string? text) => text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower);
}

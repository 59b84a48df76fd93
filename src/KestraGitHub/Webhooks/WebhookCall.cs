using System.Security.Cryptography;
using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What is kept of a call, and the run it asks for. Nothing of it refers to the body.</summary>
/// <param name="Reason">Why nothing happens, for a person; null for a run.</param>
internal sealed record WebhookParcel(DeliveryRow Row, RunRequest? Run, string? Reason)
{
    /// <summary>The pull request that the run plans, or, where there is none, whose plans end.</summary>
    public PullRequest? Pull { get; init; }

    /// <summary>A merge queue's group that waits for our word.</summary>
    public (string Repository, string Commit)? Group { get; init; }

    /// <summary>The same call, with no run to ask for.</summary>
    public WebhookParcel Ignored(string reason) => new(Row with { Outcome = "ignored", Reason = reason }, null, reason);
}

/// <summary>An authentic call.</summary>
/// <param name="Secret">Which of the secrets signed it, 1-based; 0 for an unsigned one.</param>
/// <param name="Raw">Lives as long as the request's body.</param>
internal sealed record WebhookCall(
    Definition Definition, WebhookTrigger Trigger, string Event, string DeliveryId, int Secret, DeliveryMedia Media, ReadOnlyMemory<byte> Raw,
    IReadOnlyDictionary<string, string> Headers)
{
    private const int LongestName = 256;
    private const int LongestRef = 1024;

    /// <summary>Reads the body and decides; null and what is wrong with it, in words that repeat nothing of it.</summary>
    public WebhookParcel? Open(WebhookRules rules, DateTimeOffset receivedAt, out string fault)
    {
        var json = Raw;
        if (Media == DeliveryMedia.Form && !FormPayload.TryDecode(Raw.Span, out json))
        {
            fault = "The form must hold the JSON in one field named payload.";
            return null;
        }

        using var document = DeliveryJson.Parse(json, out fault);
        if (document is null) return null;
        var facts = DeliveryFacts.Of(document.RootElement);
        var decision = WebhookDecision.Of(Definition, Trigger, Event, document.RootElement, facts, rules);
        if (decision.Verdict == WebhookVerdict.Refuse)
        {
            fault = decision.Reason!;
            return null;
        }

        var run = decision.Verdict != WebhookVerdict.Run ? null : decision.Pull is { } pull ? PlanOf(facts, pull) : RunOf(facts, document.RootElement);
        return new(RowOf(facts, decision, receivedAt), run, decision.Reason) { Pull = decision.Pull, Group = decision.Group };
    }

    private DeliveryRow RowOf(DeliveryFacts facts, WebhookDecision decision, DateTimeOffset receivedAt) => new(
        DeliveryId, Definition.Key, Trigger.Id, receivedAt, Event, PlainText.Of(facts.Action, LongestName), PlainText.Of(facts.Ref, LongestRef),
        PlainText.Of(facts.Before, LongestName), PlainText.Of(facts.After, LongestName), PlainText.Of(facts.Repository, LongestName),
        PlainText.Of(facts.Sender, LongestName), Headers, Raw.Length, Convert.ToHexStringLower(SHA256.HashData(Raw.Span)), Secret,
        decision.Verdict switch { WebhookVerdict.Run => "queued", WebhookVerdict.Pong => "pong", _ => "ignored" },
        decision.Reason, RunId: null);

    private RunRequest RunOf(DeliveryFacts facts, JsonElement json) => new(
        Definition.Key,
        new RunTrigger(
            "webhook", Trigger.Id, PlainText.Of(facts.Pusher, LongestName), DeliveryId, facts.Ref, IsCommit(facts.After) ? facts.After : null),
        DryRun: false, Revision: null, Definition.Options.Debounce, PayloadValues.Of(Definition.PayloadPaths, json, Headers));

    /// <summary>Nothing of the payload goes into the definition's expressions: whoever opens a pull request has no say in what is read, or from where.</summary>
    private RunRequest PlanOf(DeliveryFacts facts, PullRequest pull) => new(
        Definition.Key, new RunTrigger("pullRequest", Trigger.Id, PlainText.Of(facts.Sender, LongestName), DeliveryId, pull.MergeRef, pull.Head),
        DryRun: true, Revision: null, Definition.Options.Debounce, new Dictionary<string, string>()) { PullRequest = pull };

    private static bool IsCommit(string? text) => text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower);
}

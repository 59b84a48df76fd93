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

/// <summary>An authentic call for one sync.</summary>
/// <param name="Raw">Lives as long as the request's body.</param>
internal sealed record WebhookCall(Definition Definition, WebhookTrigger Trigger, AuthenticCall Call, ReadOnlyMemory<byte> Raw)
{
    /// <summary>Reads the body and decides; null and what is wrong with it, in words that repeat nothing of it.</summary>
    public WebhookParcel? Open(WebhookRules rules, DateTimeOffset receivedAt, out string fault)
    {
        using var document = Call.Parse(Raw, out fault);
        if (document is null) return null;
        var facts = DeliveryFacts.Of(document.RootElement);
        var decision = WebhookDecision.Of(Definition, Trigger, Call.Event, document.RootElement, facts, rules);
        if (decision.Verdict == WebhookVerdict.Refuse)
        {
            fault = decision.Reason!;
            return null;
        }

        var row = Call.Row(Definition.Key, Trigger.Id, facts, receivedAt, Raw.Length, AuthenticCall.Digest(Raw.Span), decision.Outcome, decision.Reason);
        var run = decision.Verdict != WebhookVerdict.Run ? null
            : decision.Pull is { } pull ? Call.Plan(Definition, Trigger, facts, pull) : Call.Run(Definition, Trigger, facts, document.RootElement);
        return new(row, run, decision.Reason) { Pull = decision.Pull, Group = decision.Group };
    }
}

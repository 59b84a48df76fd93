using KestraGitHub.Definitions;
using KestraGitHub.Runs;
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

    /// <summary>The check that is to tell of the run.</summary>
    public ToldCheck? Check { get; init; }

    /// <summary>What came of a decision.</summary>
    /// <param name="row">With the decision's outcome and reason.</param>
    public static WebhookParcel Of(WebhookDecision decision, DeliveryRow row, RunRequest? run) =>
        new(row, run, decision.Reason) { Pull = decision.Pull, Group = decision.Group, Check = decision.Check };

    /// <summary>The same call, with no run to ask for.</summary>
    public WebhookParcel Ignored(string reason) => new(Row with { Outcome = "ignored", Reason = reason }, null, reason);
}

/// <summary>What has to be looked up before it is known what a re-run button asks for.</summary>
internal sealed record CheckQuestion(CheckRequest Request, DeliveryRepository Repository);

/// <summary>An authentic call for one sync.</summary>
/// <param name="Raw">Lives as long as the request's body.</param>
internal sealed record WebhookCall(Definition Definition, WebhookTrigger Trigger, AuthenticCall Call, ReadOnlyMemory<byte> Raw)
{
    /// <summary>Reads the body and decides; null and what is wrong with it, in words that repeat nothing of it.</summary>
    /// <param name="question">Where there is one, <see cref="Again"/> has the last word.</param>
    public WebhookParcel? Open(WebhookRules rules, DateTimeOffset receivedAt, out string fault, out CheckQuestion? question)
    {
        question = null;
        using var document = Call.Parse(Raw, out fault);
        if (document is null) return null;
        var facts = DeliveryFacts.Of(document.RootElement);
        var decision = WebhookDecision.Of(Definition, Trigger, Call.Event, document.RootElement, facts, rules);
        if (decision.Verdict == WebhookVerdict.Refuse)
        {
            fault = decision.Reason!;
            return null;
        }

        if (decision.Asked is { } asked && DeliveryRepository.Of(document.RootElement) is { } repository) question = new(asked, repository);
        var row = Call.Row(Definition.Key, Trigger.Id, facts, receivedAt, Raw.Length, AuthenticCall.Digest(Raw.Span), decision.Outcome, decision.Reason);
        return WebhookParcel.Of(decision, row, Call.Wanted(decision, Definition, Trigger, facts, document.RootElement));
    }

    /// <summary>The same call, where what a re-run button asks for was looked up.</summary>
    public WebhookParcel Again(WebhookParcel parcel, ToldCheck? check)
    {
        var decision = CheckEvents.Decide(Definition, check);
        var facts = new DeliveryFacts(parcel.Row.Action, null, null, null, false, false, false, parcel.Row.Repository, parcel.Row.Sender, parcel.Row.Sender);
        return WebhookParcel.Of(decision, parcel.Row with { Outcome = decision.Outcome, Reason = decision.Reason }, Call.Wanted(decision, Definition, Trigger, facts, default));
    }
}

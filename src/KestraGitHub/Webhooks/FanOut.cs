using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What one call to the app-wide address comes to. Nothing of it refers to the body.</summary>
/// <param name="Parcels">One for each sync that takes it; or one, of <see cref="SyncKey.None"/>, that says why none does.</param>
/// <param name="Seen">Branches whose new commit some syncs need no run for.</param>
internal sealed record FanOutParcel(IReadOnlyList<WebhookParcel> Parcels, IReadOnlyList<SeenHead> Seen);

/// <summary>Which of the definitions that read a repository a call starts. Pure.</summary>
internal static class FanOut
{
    /// <param name="readers">The definitions that name the repository, whatever they make of the call.</param>
    /// <param name="own">Those of them that made the pushed commit themselves.</param>
    /// <param name="checks">Their checks that a re-run button was pressed for.</param>
    /// <returns>Null, and what is wrong with the call.</returns>
    public static FanOutParcel? Of(
        AuthenticCall call, ReadOnlyMemory<byte> raw, IReadOnlyList<Definition> readers, IReadOnlySet<SyncKey> own, IReadOnlyDictionary<SyncKey, ToldCheck> checks,
        WebhookRules rules, DateTimeOffset receivedAt, out string fault)
    {
        using var document = call.Parse(raw, out fault);
        if (document is null) return null;
        var body = document.RootElement;
        var facts = DeliveryFacts.Of(body);
        if (call.Event == "push" && facts.Ref is null)
        {
            fault = WebhookDecision.NoRef;
            return null;
        }

        var sha256 = AuthenticCall.Digest(raw.Span);
        var (parcels, seen) = (new List<WebhookParcel>(), new List<SeenHead>());
        var refusals = new List<(Definition Definition, string Reason)>();
        var repository = DeliveryRepository.Of(body);
        foreach (var definition in readers.Where(d => Concerns(call.Event, d, checks)))
        {
            var trigger = definition.Webhooks.FirstOrDefault(w => !w.Disabled) ?? (definition.Webhooks is [var asleep, ..] ? asleep : null);
            if (trigger is null)
            {
                refusals.Add((definition, "It has no Webhook trigger."));
                continue;
            }

            var decision = WebhookDecision.Of(definition, trigger, call.Event, body, facts, rules, checks.GetValueOrDefault(definition.Key));
            if (call.Event == "push" && decision.Verdict == WebhookVerdict.Run && own.Contains(definition.Key)) decision = new(WebhookVerdict.Ignore, WebhookDecision.Own) { IsLookedAt = true };

            // An event that ends plans, or lets a group through, is listed with the sync too.
            if (decision is { Verdict: WebhookVerdict.Run } or { Pull: not null } or { Group: not null })
            {
                var row = call.Row(definition.Key, trigger.Id, facts, receivedAt, raw.Length, sha256, decision.Outcome, decision.Reason);
                parcels.Add(WebhookParcel.Of(decision, row, call.Wanted(decision, definition, trigger, facts, body)));
                continue;
            }

            refusals.Add((definition, decision.Reason!));
            if (decision.IsLookedAt && AuthenticCall.IsCommit(facts.After))
                seen.AddRange((repository?.Names ?? []).Take(1).Select(name => new SeenHead(definition.Key, name, facts.Ref!, facts.After!)));
        }

        if (parcels.Count == 0)
        {
            var reason = call.Event == "ping" ? "The webhook works." : Why(call, facts, refusals, button: CheckEvents.Of(call.Event, body, facts) is not null);
            parcels.Add(new(call.Row(SyncKey.None, null, facts, receivedAt, raw.Length, sha256, call.Event == "ping" ? "pong" : "ignored", reason), null, reason));
        }

        return new(parcels, seen);
    }

    /// <summary>Whether the event can be of any meaning to the sync: who has said nothing of pull requests is not even asked.</summary>
    private static bool Concerns(string @event, Definition definition, IReadOnlyDictionary<SyncKey, ToldCheck> checks) => @event switch
    {
        "push" => true,
        "pull_request" or "merge_group" => definition.Options.PullRequests is not null,
        _ => checks.ContainsKey(definition.Key),
    };

    private static string Why(AuthenticCall call, DeliveryFacts facts, List<(Definition Definition, string Reason)> refusals, bool button)
    {
        if (button && refusals.Count == 0) return "That is no check of this service, or not its last one at that commit.";
        if (call.Event != "push" && refusals.Count == 0) return $"Only a push starts a sync; this was {call.Event}.";
        var repository = PlainText.Of(facts.Repository, 200) ?? "a repository that the push does not name";
        return refusals switch
        {
            [] => $"No sync reads {repository}.",
            [var (only, reason)] => $"{only.Key}: {reason}",
            [var (first, reason), ..] => $"{refusals.Count} syncs read {repository}, and none takes this {call.Event}. {first.Key}: {reason}",
        };
    }
}

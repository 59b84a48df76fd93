using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What one call to the app-wide address comes to. Nothing of it refers to the body.</summary>
/// <param name="Parcels">One for each sync that takes it; or one, of <see cref="SyncKey.None"/>, that says why none does.</param>
/// <param name="Debounces">For each sync that takes it.</param>
/// <param name="Seen">Branches whose new commit some syncs need no run for.</param>
internal sealed record FanOutParcel(
    IReadOnlyList<WebhookParcel> Parcels, IReadOnlyDictionary<SyncKey, TimeSpan> Debounces, IReadOnlyList<SeenHead> Seen);

/// <summary>Which of the definitions that read a repository a call starts. Pure.</summary>
internal static class FanOut
{
    /// <param name="readers">The definitions that name the repository, whatever they make of the call.</param>
    /// <param name="own">Those of them that made the pushed commit themselves.</param>
    /// <returns>Null, and what is wrong with the call.</returns>
    public static FanOutParcel? Of(
        AuthenticCall call, ReadOnlyMemory<byte> raw, IReadOnlyList<Definition> readers, IReadOnlySet<SyncKey> own, WebhookRules rules, DateTimeOffset receivedAt,
        out string fault)
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
        var (parcels, debounces, seen) = (new List<WebhookParcel>(), new Dictionary<SyncKey, TimeSpan>(), new List<SeenHead>());
        var refusals = new List<(Definition Definition, string Reason)>();
        var repository = DeliveryRepository.Of(body);
        foreach (var definition in call.Event == "push" ? readers : [])
        {
            var trigger = definition.Webhooks.FirstOrDefault(w => !w.Disabled) ?? (definition.Webhooks is [var asleep, ..] ? asleep : null);
            if (trigger is null)
            {
                refusals.Add((definition, "It has no Webhook trigger."));
                continue;
            }

            var decision = WebhookDecision.Of(definition, trigger, call.Event, body, facts, rules);
            if (decision.Verdict == WebhookVerdict.Run && own.Contains(definition.Key)) decision = new(WebhookVerdict.Ignore, WebhookDecision.Own) { IsLookedAt = true };
            if (decision.Verdict == WebhookVerdict.Run)
            {
                parcels.Add(new(call.Row(definition.Key, trigger.Id, facts, receivedAt, raw.Length, sha256, "queued", null), call.Run(definition, trigger, facts, body), null));
                debounces[definition.Key] = definition.Options.Debounce;
                continue;
            }

            refusals.Add((definition, decision.Reason!));
            if (decision.IsLookedAt && AuthenticCall.IsCommit(facts.After))
                seen.AddRange((repository?.Names ?? []).Take(1).Select(name => new SeenHead(definition.Key, name, facts.Ref!, facts.After!)));
        }

        if (parcels.Count == 0)
        {
            var reason = call.Event == "ping" ? "The webhook works." : Why(call, facts, refusals);
            parcels.Add(new(call.Row(SyncKey.None, null, facts, receivedAt, raw.Length, sha256, call.Event == "ping" ? "pong" : "ignored", reason), null, reason));
        }

        return new(parcels, debounces, seen);
    }

    private static string Why(AuthenticCall call, DeliveryFacts facts, List<(Definition Definition, string Reason)> refusals)
    {
        if (call.Event != "push") return $"Only a push starts a sync; this was {call.Event}.";
        var repository = PlainText.Of(facts.Repository, 200) ?? "a repository that the push does not name";
        return refusals switch
        {
            [] => $"No sync reads {repository}.",
            [var (only, reason)] => $"{only.Key}: {reason}",
            [var (first, reason), ..] => $"{refusals.Count} syncs read {repository}, and none takes this push. {first.Key}: {reason}",
        };
    }
}

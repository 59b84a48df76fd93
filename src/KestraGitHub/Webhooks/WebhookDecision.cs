using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

internal enum WebhookVerdict
{
    Run,
    Ignore,
    Pong,
    Refuse,
}

/// <summary>What an authentic call leads to.</summary>
/// <param name="Reason">Why nothing happens, for a person; null for a run.</param>
internal readonly record struct WebhookDecision(WebhookVerdict Verdict, string? Reason = null)
{
    public const string NoRef = "A push says which ref it moved: this one has no ref.";

    public const string Own = "Our own commit: this sync pushed it.";

    /// <summary>True where it is a commit of a watched branch that the sync needs no run for: it knows of it.</summary>
    public bool IsLookedAt { get; init; }

    /// <summary>The word that is stored for it.</summary>
    public string Outcome => Verdict switch { WebhookVerdict.Run => "queued", WebhookVerdict.Pong => "pong", _ => "ignored" };

    /// <summary>The pull request that is to be planned, or, where nothing runs, whose plans end.</summary>
    public PullRequest? Pull { get; init; }

    /// <summary>A merge queue's group that waits for our word.</summary>
    public (string Repository, string Commit)? Group { get; init; }

    /// <summary>What a re-run button was pressed for, and what has to be looked up before it can be decided on.</summary>
    public CheckRequest? Asked { get; init; }

    /// <summary>The check whose run is asked for again.</summary>
    public ToldCheck? Check { get; init; }

    /// <param name="check">The sync's check that a re-run button was pressed for, where it was looked up.</param>
    public static WebhookDecision Of(
        Definition definition, WebhookTrigger trigger, string @event, JsonElement body, DeliveryFacts facts, WebhookRules rules, ToldCheck? check = null)
    {
        var asleep = definition.Disabled ? "The sync is disabled." : trigger.Disabled ? $"The trigger {trigger.Id} is disabled." : null;
        if (@event == "ping") return new(WebhookVerdict.Pong, asleep is null ? "The webhook works." : $"The webhook works. {asleep}");
        if (@event == "push" && facts.Ref is null) return new(WebhookVerdict.Refuse, NoRef);
        if (asleep is not null) return Ignore(asleep);
        return (@event, definition.Options.PullRequests) switch
        {
            ("push", _) => OfPush(definition, body, facts, rules),
            ("pull_request", { } pulls) => PullRequestEvents.OfPullRequest(definition, body, facts, pulls),
            ("merge_group", not null) => PullRequestEvents.OfMergeGroup(body, facts),
            ("check_run" or "check_suite", _) when CheckEvents.Of(@event, body, facts) is { } asked => CheckEvents.Decide(definition, check) with { Asked = asked },
            _ => Ignore($"Only a push starts this sync; this was {@event}."),
        };
    }

    private static WebhookDecision OfPush(Definition definition, JsonElement body, DeliveryFacts facts, WebhookRules rules)
    {
        var fullRef = facts.Ref!;
        var shown = PlainText.Of(fullRef, 200);
        if (fullRef.StartsWith("refs/tags/", StringComparison.Ordinal)) return Ignore($"Tags start no sync: {shown}.");
        if (!BranchRef.IsBranch(fullRef)) return Ignore($"Not watched: {shown} is not a branch.");
        if (BranchRef.IsQueue(fullRef)) return Ignore("Not watched: a merge queue's own branch.");

        var (watched, reason) = rules.Watches(definition, fullRef);
        if (!watched) return Ignore(reason);
        if (facts.IsDeleted) return Ignore($"{shown} was deleted: there is nothing to read, and nothing is removed because of it.");

        var globs = definition.Options.Paths;
        return globs.Count > 0 && ChangedPaths.Of(body, facts) is { } changed && !rules.TouchesPaths(globs, changed)
            ? Ignore($"None of the {changed.Count} changed paths is watched.") with { IsLookedAt = true }
            : new(WebhookVerdict.Run);
    }

    private static WebhookDecision Ignore(string reason) => new(WebhookVerdict.Ignore, reason);
}

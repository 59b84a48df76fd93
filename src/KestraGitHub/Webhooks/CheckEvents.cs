using System.Globalization;
using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What the re-run buttons beside checks lead to: what had run once, once more.</summary>
internal static class CheckEvents
{
    /// <returns>Null for all else that happens to checks.</returns>
    public static CheckRequest? Of(string @event, JsonElement body, DeliveryFacts facts) => (@event, facts.Action) switch
    {
        ("check_run", "rerequested") => OfRun(body),
        ("check_run", "requested_action") when body.Member("requested_action")?.Text("identifier") == CheckRuns.RunAgain => OfRun(body),
        ("check_suite", "rerequested") when body.Member("check_suite") is { } suite && suite.Text("head_sha") is { } sha && AuthenticCall.IsCommit(sha) =>
            new CheckRequest(sha, null, null, AppId(suite), ClientId(suite)),
        _ => null,
    };

    /// <param name="check">The sync's own, if it has one there.</param>
    public static WebhookDecision Decide(Definition definition, ToldCheck? check) => check switch
    {
        null => Ignore("That is no check of this sync, or not its last one at that commit."),
        { Outdated: true, Run.PullRequest: { } pull } => Ignore($"Pull request {pull.Number} was pushed to since; its newest commit has the plan that counts."),
        { Run.PullRequest: { } pull } => definition.Options.PullRequests is { } rules
            ? new(WebhookVerdict.Run) { Check = check, Pull = pull with { Refused = (pull.OfFork || pull.Refused) && !rules.Forks } }
            : Ignore("This sync plans pull requests no more."),
        _ => new(WebhookVerdict.Run) { Check = check },
    };

    private static CheckRequest? OfRun(JsonElement body) =>
        body.Member("check_run") is { } run && run.Text("head_sha") is { } sha && AuthenticCall.IsCommit(sha) && run.Text("name") is { } name && run.Text("external_id") is { Length: > 0 } id
            ? new CheckRequest(sha, name, id, AppId(run), ClientId(run))
            : null;

    private static string? AppId(JsonElement of) =>
        of.Member("app")?.Member("id") is { ValueKind: JsonValueKind.Number } id && id.TryGetInt64(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;

    private static string? ClientId(JsonElement of) => of.Member("app")?.Text("client_id");

    private static WebhookDecision Ignore(string reason) => new(WebhookVerdict.Ignore, reason);
}

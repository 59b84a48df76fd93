using KestraGitHub.Definitions;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

/// <summary>Definitions and rules as the tests of webhooks need them.</summary>
internal static class Some
{
    public const string Key = "the-key-of-the-trigger";
    public const string Secret = "It's a Secret to Everybody";
    public const string Guid = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

    public static readonly SyncKey Sync = new("main", "company.team", "sync_flows");

    public static WebhookTrigger Trigger(string id = "github", string key = Key, bool disabled = false) => new(id, new Secret(key), disabled);

    public static Definition Definition(
        bool disabled = false, IReadOnlyList<WebhookTrigger>? triggers = null, IReadOnlyList<string>? paths = null,
        IReadOnlyList<string>? payload = null, IReadOnlyList<string>? secrets = null, SyncKey? sync = null) =>
        new(
            sync ?? Sync, "sync.yml", "", null, disabled, [], triggers ?? [Trigger()], [],
            DefinitionOptions.Default with { Paths = paths ?? [], WebhookSecrets = [.. (secrets ?? []).Select(s => new Secret(s))] }, [], payload ?? [],
            FlowValues.Of(sync ?? Sync));

    /// <summary>Watches main; a path meets a glob that it starts with.</summary>
    public static WebhookRules Rules { get; } = new(
        (_, fullRef) => fullRef == "refs/heads/main" ? (true, "main is watched") : (false, $"Not watched: {fullRef}; this sync reads main."),
        (globs, changed) => changed.Any(path => globs.Any(glob => path.StartsWith(glob, StringComparison.Ordinal))));
}

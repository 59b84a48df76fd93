using KestraGitHub.Definitions;

namespace KestraGitHub.Webhooks;

/// <summary>What a definition says of pushes.</summary>
/// <param name="Watches">Whether a definition watches a ref (in full), and why or why not.</param>
/// <param name="TouchesPaths">Whether any of the changed paths meets one of the globs.</param>
internal sealed record WebhookRules(
    Func<Definition, string, (bool Watched, string Reason)> Watches, Func<IReadOnlyList<string>, IEnumerable<string>, bool> TouchesPaths)
{
    /// <summary>Told of each signed push to the app-wide address: the repository may be the one that definitions come from.</summary>
    public Action Pushed { get; init; } = () => { };
}

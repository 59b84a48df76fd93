using System.Text.Json;

namespace KestraGitHub.Webhooks;

/// <summary>The few fields of a payload that we look at, as it has them: hostile, and each perhaps missing.</summary>
/// <param name="Ref">In full for a push; short for other events.</param>
/// <param name="Pusher">A push names its pusher; where it does not, its sender.</param>
internal sealed record DeliveryFacts(
    string? Action, string? Ref, string? Before, string? After, bool Created, bool Deleted, bool Forced, string? Repository, string? Sender,
    string? Pusher)
{
    public bool IsDeleted => Deleted || IsZeros(After);

    /// <summary>Whether the push starts or rewrites history: its lists of files are then relative to nothing that we know.</summary>
    public bool IsNewHistory => Created || Forced || IsZeros(Before);

    public static DeliveryFacts Of(JsonElement body)
    {
        var sender = body.Member("sender")?.Text("login");
        return new(
            body.Text("action"), body.Text("ref"), body.Text("before"), body.Text("after"), body.IsTrue("created"), body.IsTrue("deleted"),
            body.IsTrue("forced"), body.Member("repository")?.Text("full_name"), sender, body.Member("pusher")?.Text("name") ?? sender);
    }

    // Of any length: repositories with SHA-256 names have 64 of them.
    private static bool IsZeros(string? commit) => !string.IsNullOrEmpty(commit) && !commit.AsSpan().ContainsAnyExcept('0');
}

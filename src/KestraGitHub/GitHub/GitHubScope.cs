namespace KestraGitHub.GitHub;

/// <summary>What a call needs a token for. An App's token is narrowed to just that; a token of a person is whatever it is.</summary>
/// <param name="Owner">Null: the App itself speaks, by its JWT.</param>
/// <param name="Repository">Null with an owner: the organisation.</param>
/// <param name="Permissions">As <c>checks:write statuses:read</c>, in the order of the alphabet.</param>
public sealed record GitHubScope(string? Owner, string? Repository, string Permissions)
{
    /// <summary>Only an App has this one: <c>/app/…</c>.</summary>
    public static GitHubScope App { get; } = new(null, null, "");

    public static GitHubScope Of(GitHubRepository repository, string permissions) =>
        new(repository.Owner.ToLowerInvariant(), repository.Name.ToLowerInvariant(), permissions);

    public static GitHubScope OfOrganisation(string name, string permissions) => new(name.ToLowerInvariant(), null, permissions);
}

namespace KestraGitHub.StandIns.OpenId;

/// <summary>Somebody with an account at the provider. What is null is not told.</summary>
public sealed record OpenIdUser(string Subject, string? PreferredUsername, string? Email, params IReadOnlyList<string> Groups);

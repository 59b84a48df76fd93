using KestraGitHub.GitHub;

namespace KestraGitHub.Dashboard;

/// <param name="Host">Of the API.</param>
/// <param name="App">True: the needs are those of an App.</param>
/// <param name="Configured">False: GitHub is never asked.</param>
/// <param name="Report">Null before GitHub was asked.</param>
/// <param name="Fault">Why it could not be asked; null where it was, or was not to be.</param>
public sealed record GitHubView(string Host, bool HasApp, bool Configured, GitHubNeeds Needs, GitHubReport? Report, string? Fault)
{
    public bool App => HasApp || !Configured;

    /// <summary>Some definition starts by a push, wherever its repository is.</summary>
    public bool Hooks { get; init; }
}

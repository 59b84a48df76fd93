using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

// What moved on a server, without fetching anything.
internal sealed partial class GitMirrors
{
    /// <summary>All branches of the repository and its default one, in one question.</summary>
    public Task<RemoteRefs> HeadsAsync(GitSource source, CancellationToken ct) => OnDiskAsync(() => _server.HeadsAsync(GitRemote.Of(source, _options), ct));
}

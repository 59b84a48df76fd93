using System.Runtime.CompilerServices;

namespace KestraGitHub.GitHub;

/// <summary>The API, as the rest of the service calls it: a token for each scope, one that is refused renewed once, lists page by page.</summary>
public sealed class GitHubClient
{
    private readonly GitHubWire _wire;
    private readonly IGitHubTokens _tokens;

    internal GitHubClient(GitHubWire wire, IGitHubTokens tokens, GitHubOptions options) =>
        (_wire, _tokens, IsConfigured, IsApp) = (wire, tokens, options.IsConfigured, options.HasApp);

    /// <summary>False: call nothing, there is no token.</summary>
    public bool IsConfigured { get; }

    /// <summary>True: check runs and <c>/app</c> can be used.</summary>
    public bool IsApp { get; }

    /// <summary>Requests sent so far.</summary>
    public int Calls => _wire.Calls;

    /// <exception cref="GitHubException">It did not do what it was meant to.</exception>
    public async Task<GitHubReply> SendAsync(GitHubScope scope, GitHubRequest request, CancellationToken ct)
    {
        for (var again = false; ; again = true)
        {
            var token = await _tokens.GetAsync(scope, ct);
            try
            {
                return await _wire.SendAsync(request, token, ct);
            }
            catch (GitHubException e) when (e.Kind == GitHubFailure.Unauthorized && !again && _tokens.Drop(scope, token))
            {
                // Once, with a new one.
            }
        }
    }

    /// <summary>Reads; what did not change since the last time costs nothing.</summary>
    public Task<GitHubReply> GetAsync(GitHubScope scope, string path, CancellationToken ct) => SendAsync(scope, new GitHubRequest(HttpMethod.Get, path), ct);

    /// <summary>Every page of a list, one after the other as they are asked for.</summary>
    public async IAsyncEnumerable<GitHubReply> PagesAsync(GitHubScope scope, string path, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var next = path; next is not null;)
        {
            var page = await GetAsync(scope, next, ct);
            yield return page;
            next = page.Next;
        }
    }
}

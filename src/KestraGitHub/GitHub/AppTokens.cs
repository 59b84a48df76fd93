using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KestraGitHub.Definitions;

namespace KestraGitHub.GitHub;

/// <summary>
/// Tokens of the App's installations, each narrowed to one repository and to what its job needs. They live an hour and are renewed five minutes before; one
/// that is refused is forgotten, with what led to it.
/// </summary>
internal sealed class AppTokens(GitHubWire wire, AppJwt jwt, TimeProvider time) : IGitHubTokens, IDisposable
{
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<GitHubScope, GitHubToken> _tokens = new();
    private readonly ConcurrentDictionary<(string Owner, string? Repository), long> _installations = new();

    // Two that want the same token at once would make two of it.
    private readonly SemaphoreSlim _making = new(1);

    public async Task<GitHubToken> GetAsync(GitHubScope scope, CancellationToken ct)
    {
        if (scope.Owner is null) return jwt.Get();
        if (Current(scope) is { } kept) return kept;
        await _making.WaitAsync(ct);
        try
        {
            return Current(scope) ?? (_tokens[scope] = await MakeAsync(scope, ct));
        }
        finally
        {
            _making.Release();
        }
    }

    public bool Drop(GitHubScope scope, GitHubToken token)
    {
        if (scope.Owner is null) jwt.Drop();
        else
        {
            _tokens.TryRemove(new(scope, token));
            _installations.TryRemove((scope.Owner, scope.Repository), out _);
        }

        return true;
    }

    public void Dispose() => _making.Dispose();

    private GitHubToken? Current(GitHubScope scope) => _tokens.TryGetValue(scope, out var token) && token.Expires - time.GetUtcNow() > Early ? token : null;

    private async Task<GitHubToken> MakeAsync(GitHubScope scope, CancellationToken ct)
    {
        var place = (scope.Owner!, scope.Repository);
        var body = new JsonObject();
        if (scope.Repository is not null) body["repositories"] = new JsonArray(scope.Repository);
        if (scope.Permissions.Length > 0)
            body["permissions"] = new JsonObject(scope.Permissions.Split(' ').Select(p => p.Split(':')).Select(p => KeyValuePair.Create<string, JsonNode?>(p[0], p[1])));
        for (var again = false; ; again = true)
        {
            var installation = _installations.TryGetValue(place, out var known) ? known : _installations[place] = await InstallationAsync(scope, ct);
            try
            {
                var reply = await AsAppAsync(new GitHubRequest(HttpMethod.Post, $"/app/installations/{installation}/access_tokens") { Body = body }, ct);
                return new GitHubToken(new Secret(reply.Text("token") ?? ""), $"installation {installation}", reply.Time("expires_at") ?? time.GetUtcNow().AddHours(1));
            }
            catch (GitHubException e) when (e.Kind == GitHubFailure.NotFound && !again)
            {
                // Installed anew since: it has another number now.
                _installations.TryRemove(place, out _);
            }
        }
    }

    private async Task<long> InstallationAsync(GitHubScope scope, CancellationToken ct)
    {
        var path = scope.Repository is null
            ? $"/orgs/{Uri.EscapeDataString(scope.Owner!)}/installation"
            : new GitHubRepository(scope.Owner!, scope.Repository).Path + "/installation";
        try
        {
            return (await AsAppAsync(new GitHubRequest(HttpMethod.Get, path), ct)).Number("id") ?? 0;
        }
        catch (GitHubException e) when (e.Kind == GitHubFailure.NotFound)
        {
            throw new GitHubException(
                GitHubFailure.NotFound, $"The GitHub App is not installed for {scope.Owner}{(scope.Repository is null ? "" : $"/{scope.Repository}")}. Install it there, or add the repository to its installation.", e.Status);
        }
    }

    private async Task<GitHubReply> AsAppAsync(GitHubRequest request, CancellationToken ct)
    {
        try
        {
            return await wire.SendAsync(request, jwt.Get(), ct);
        }
        catch (GitHubException e) when (e.Kind == GitHubFailure.Unauthorized)
        {
            jwt.Drop();
            throw new GitHubException(GitHubFailure.Unauthorized, $"{e.Message} Check GitHub:AppId, GitHub:PrivateKey and this machine's clock.", e.Status);
        }
    }
}

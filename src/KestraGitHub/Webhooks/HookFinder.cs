using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using KestraGitHub.Definitions;
using KestraGitHub.GitHub;

namespace KestraGitHub.Webhooks;

/// <summary>A hook of GitHub's that calls this service.</summary>
/// <param name="Path">Where the API has it: <c>/repos/acme/flows/hooks/1</c>, <c>/app/hook</c>.</param>
internal sealed record OwnHook(GitHubScope Scope, string Path, HookAddress Address);

/// <summary>Finds the hooks that call this service: those of a repository, of an organisation, and the App's own.</summary>
internal sealed partial class HookFinder(GitHubClient github, GitHubHosts hosts, ILogger<HookFinder> logger)
{
    // Said once: who has no right to look at hooks has none at the next look either. The looks at the repositories are the net then.
    private readonly ConcurrentDictionary<string, bool> _closed = new(StringComparer.Ordinal);

    /// <summary>Null where the repository lies on another host than the API's.</summary>
    public GitHubRepository? RepositoryOf(RepositoryName name) => hosts.RepositoryOf(name);

    public IAsyncEnumerable<OwnHook> OfAsync(GitHubRepository repository, CancellationToken ct) =>
        OfAsync(GitHubScope.Of(repository, "repository_hooks:read"), repository.Path + "/hooks", ct);

    public IAsyncEnumerable<OwnHook> OfOwnerAsync(string owner, CancellationToken ct) =>
        OfAsync(GitHubScope.OfOrganisation(owner, "organization_hooks:read"), $"/orgs/{Uri.EscapeDataString(owner)}/hooks", ct);

    public async Task<OwnHook?> OfAppAsync(CancellationToken ct)
    {
        if (!github.IsApp || await AskAsync(GitHubScope.App, "/app/hook/config", ct) is not { } config) return null;
        return HookAddress.Of(config.Text("url")) is { } address ? new(GitHubScope.App, "/app/hook", address) : null;
    }

    private async IAsyncEnumerable<OwnHook> OfAsync(GitHubScope scope, string path, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var next = path + "?per_page=100"; next is not null;)
        {
            if (await AskAsync(scope, next, ct) is not { } page) yield break;
            foreach (var hook in page.Items())
                if (hook.Member("config")?.Text("url") is { } url && HookAddress.Of(url) is { } address && hook.Member("id") is { } id && id.TryGetInt64(out var number))
                    yield return new(scope, $"{path}/{number}", address);
            next = page.Next;
        }
    }

    private async Task<GitHubReply?> AskAsync(GitHubScope scope, string path, CancellationToken ct)
    {
        if (_closed.ContainsKey(path)) return null;
        try
        {
            return await github.GetAsync(scope, path, ct);
        }
        catch (GitHubException e) when (e.Kind is GitHubFailure.Forbidden or GitHubFailure.NotFound or GitHubFailure.Invalid)
        {
            // An owner that is a person has no hooks of its own; an App gets no token for what it is not granted (422).
            if (_closed.TryAdd(path, true)) Log.Closed(logger, path.Split('?')[0], e.Message.Split('\n', 2)[0]);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Lost deliveries are not looked for in {Path}: {Reason}")]
        public static partial void Closed(ILogger logger, string path, string reason);
    }
}

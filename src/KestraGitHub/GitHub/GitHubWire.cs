using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace KestraGitHub.GitHub;

/// <summary>One exchange with the API, with the manners that GitHub asks for. A token leaves it to the API's own host and to no other.</summary>
internal sealed class GitHubWire(HttpClient http, Uri api, GitHubLimits limits)
{
    /// <summary>The version that every GitHub Enterprise Server still in service knows too.</summary>
    private const string ApiVersion = "2022-11-28";
    private const int MostRedirects = 5;

    // GitHub gives up after ten seconds itself.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ProductInfoHeaderValue Agent = new("KestraGitHub", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "1");

    private readonly ETagCache _cache = new();
    private int _calls;

    /// <summary>Requests sent so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <exception cref="GitHubException">It did not do what it was meant to.</exception>
    public async Task<GitHubReply> SendAsync(GitHubRequest request, GitHubToken token, CancellationToken ct)
    {
        if (limits.Blocked(token.Account) is { Ticks: > 0 } left)
            throw new GitHubException(GitHubFailure.Limited, $"{request.Shown} was not sent: GitHub asked to be left alone for {left.TotalSeconds:0} s more.", retryAfter: left);
        if (request.Creates) await limits.TurnAsync(token.Account, ct);
        var url = AddressOf(request);
        var kept = request.Method == HttpMethod.Get ? _cache.Find(token.Account, url.AbsoluteUri) : null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            using var answer = await FollowAsync(request, url, token, kept?.Tag, limit.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(limit.Token);
            return Read(request, url, token, kept, answer, body);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Away(request, $"no answer within {Patience.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Away(request, GitHubErrors.Why(e), e);
        }
    }

    private GitHubReply Read(GitHubRequest request, Uri url, GitHubToken token, ETagCache.Entry? kept, HttpResponseMessage answer, byte[] body)
    {
        var status = (int)answer.StatusCode;
        var refusal = status >= 400 ? GitHubErrors.Read(body) : GitHubErrors.None;
        var wait = limits.Note(token.Account, answer, $"{refusal.Message} {refusal.Documentation}");
        if (status >= 400) throw GitHubErrors.Of(request, answer, refusal, wait);
        if (answer.StatusCode == HttpStatusCode.NotModified && kept is not null) return new GitHubReply(200, Parse(request, kept.Body), kept.Next) { Unchanged = true };
        if (status is < 200 or >= 300) throw new GitHubException(GitHubFailure.Unavailable, $"{request.Shown} answered {status}, which is no answer to it.", status);
        var next = NextOf(answer);
        if (request.Method == HttpMethod.Get && answer.Headers.ETag is { } tag) _cache.Keep(token.Account, url.AbsoluteUri, tag.ToString(), body, next);
        return new GitHubReply(status, Parse(request, body), next);
    }

    /// <summary>By hand: the framework would drop the token even on the same host, and make a GET of a POST.</summary>
    private async Task<HttpResponseMessage> FollowAsync(GitHubRequest request, Uri url, GitHubToken token, string? tag, CancellationToken ct)
    {
        for (var hops = 0; ; hops++)
        {
            using var message = Message(request, url, token, tag);
            Interlocked.Increment(ref _calls);
            var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
            if ((int)answer.StatusCode is not (301 or 302 or 307 or 308) || answer.Headers.Location is not { } location) return answer;
            var status = (int)answer.StatusCode;
            answer.Dispose();
            url = new Uri(url, location);
            if (!IsOwn(url)) throw new GitHubException(GitHubFailure.Forbidden, $"{request.Shown} was sent on to another host, {url.Host}; the token does not go there. Check GitHub:ApiUrl.", status);
            if (hops == MostRedirects) throw new GitHubException(GitHubFailure.Unavailable, $"{request.Shown} was sent on {MostRedirects} times and led nowhere.", status);
        }
    }

    private static HttpRequestMessage Message(GitHubRequest request, Uri url, GitHubToken token, string? tag)
    {
        var message = new HttpRequestMessage(request.Method, url);
        if (request.Body is { } body) message.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        message.Headers.Accept.ParseAdd("application/vnd.github+json");
        message.Headers.Add("X-GitHub-Api-Version", ApiVersion);
        message.Headers.UserAgent.Add(Agent);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value.Reveal());
        if (tag is not null) message.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return message;
    }

    private Uri AddressOf(GitHubRequest request)
    {
        var url = request.Path.StartsWith('/') ? new Uri(api.AbsoluteUri.TrimEnd('/') + request.Path) : new Uri(request.Path);
        return IsOwn(url) ? url : throw new GitHubException(GitHubFailure.Forbidden, $"The address {url.Host} is not that of GitHub:ApiUrl; the token does not go there.");
    }

    private bool IsOwn(Uri url) => url.Scheme == api.Scheme && string.Equals(url.Authority, api.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>Addresses of pages are GitHub's to make; one that leads to another host is none.</summary>
    private string? NextOf(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Link", out var values)) return null;
        foreach (var link in values.SelectMany(v => v.Split(',')))
        {
            if (link.Split(';') is not [var target, .. var parameters] || !parameters.Any(p => p.Trim() is "rel=\"next\"" or "rel=next")) continue;
            return Uri.TryCreate(target.Trim().Trim('<', '>'), UriKind.Absolute, out var url) && IsOwn(url) ? url.AbsoluteUri : null;
        }

        return null;
    }

    private static JsonElement Parse(GitHubRequest request, byte[] body)
    {
        if (body.Length == 0) return default;
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw Away(request, "the answer is no JSON", e);
        }
    }

    private static GitHubException Away(GitHubRequest request, string why, Exception inner) =>
        new(GitHubFailure.Unavailable, $"{request.Shown}: GitHub is not available: {why}.", inner: inner) { MayHaveHappened = request.Creates };
}

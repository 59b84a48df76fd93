using System.Net;
using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Configuration;

namespace KestraGitHub.Notifications;

/// <summary>It was not taken. The message names neither the address nor the secret.</summary>
/// <param name="Hopeless">True: the receiver says that it is gone.</param>
internal sealed class NotificationException(string message, bool hopeless = false, TimeSpan? retryAfter = null) : Exception(message)
{
    public bool Hopeless => hopeless;

    public TimeSpan? RetryAfter => retryAfter;
}

/// <summary>Posts to receivers. No redirect is followed: it could lead a signed body elsewhere.</summary>
internal sealed class NotificationClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(Outbound.Default.ApplyTo(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })) { Timeout = Patience };

    /// <exception cref="NotificationException">It was not taken, or nobody knows.</exception>
    public async Task SendAsync(NotificationTarget target, Notice notice, CancellationToken ct)
    {
        var body = Encoding.UTF8.GetBytes(target.Format == NotificationFormat.Slack ? notice.ToSlack() : notice.ToJson());
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url!.Reveal()) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        request.Headers.UserAgent.ParseAdd("KestraGitHub");
        request.Headers.Add("X-KestraGitHub-Event", notice.Event);
        request.Headers.Add("X-KestraGitHub-Delivery", notice.Id);
        if (target.Secret is { } secret) request.Headers.Add("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), body)));
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!answer.IsSuccessStatusCode)
                throw new NotificationException($"it answered {(int)answer.StatusCode}", answer.StatusCode == HttpStatusCode.Gone, answer.Headers.RetryAfter?.Delta);
        }
        catch (HttpRequestException e)
        {
            throw new NotificationException($"it cannot be reached ({e.HttpRequestError})");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new NotificationException($"it did not answer within {Patience.TotalSeconds:0} s");
        }
    }

    public void Dispose() => _http.Dispose();
}

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>The wire to one server: one address, one credential, every failure a <see cref="KestraException"/>, every call counted.</summary>
internal sealed class KestraHttp(HttpClient http, KestraTarget target, KestraTimings timings, TimeProvider time)
{
    private const int Resends = 2;

    private readonly Uri _root = new(target.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/api/v1/");
    private int _calls;

    public KestraTimings Timings => timings;

    public TimeProvider Time => time;

    /// <summary>Requests sent so far, quick retries counted.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Path as messages show it.</summary>
    public string PathOf(KestraRequest request) => _root.AbsolutePath + request.Path;

    /// <summary>
    /// Writes: sends once and hands the answer to <paramref name="read"/>. There is no other way to send a write, so that none goes unguarded, not even
    /// one that is sent again.
    /// </summary>
    public async Task<T> WriteAsync<T>(KestraRequest request, IApplyGuard guard, Func<KestraAnswer, Task<T>> read, CancellationToken ct)
    {
        await guard.BeforeWriteAsync(ct);
        var fence = WireFence.Raise(guard);
        try
        {
            return await SendAsync(request, read, ct);
        }
        catch (Exception) when (fence.Refusal is not null)
        {
            ExceptionDispatchInfo.Throw(fence.Refusal);
            throw;
        }
    }

    /// <summary>The same for a call whose answer says nothing beyond its status.</summary>
    public Task WriteAsync(KestraRequest request, IApplyGuard guard, CancellationToken ct) =>
        WriteAsync(request, guard, _ => Task.FromResult(true), ct);

    /// <summary>Reads; what is over in a moment is tried again at once, as only a read may be (kestra-api.md section 9).</summary>
    public async Task<T> ReadAsync<T>(KestraRequest request, Func<KestraAnswer, Task<T>> read, CancellationToken ct)
    {
        for (var resend = 0; ; resend++)
        {
            try
            {
                return await SendAsync(request, read, ct);
            }
            catch (KestraException e) when (e.IsTransient && resend < (e.Kind == KestraFailureKind.Timeout ? 1 : Resends))
            {
                var wait = e.RetryAfter ?? timings.RetryDelay * (1 << resend);
                if (wait > KestraTimings.LongestWait) throw;
                await Task.Delay(wait, time, ct);
            }
        }
    }

    private async Task<T> SendAsync<T>(KestraRequest request, Func<KestraAnswer, Task<T>> read, CancellationToken ct)
    {
        using var answer = await SendAsync(request, ct);
        return await read(answer);
    }

    private async Task<KestraAnswer> SendAsync(KestraRequest request, CancellationToken ct)
    {
        var path = PathOf(request);
        using var message = Message(request);
        var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        HttpResponseMessage? response = null;
        try
        {
            limit.CancelAfter(request.Timeout);
            Interlocked.Increment(ref _calls);
            response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!response.IsSuccessStatusCode) throw await KestraErrors.OfAsync(request, path, response, Veil, limit.Token);
            return new KestraAnswer(response, request, path, limit, ct);
        }
        catch (Exception e)
        {
            response?.Dispose();
            limit.Dispose();
            switch (e)
            {
                case OperationCanceledException when ct.IsCancellationRequested: throw;
                case OperationCanceledException:
                    throw new KestraException(
                        KestraFailureKind.Timeout, request.Method.Method, path, null,
                        string.Create(CultureInfo.InvariantCulture, $"no answer within {request.Timeout.TotalSeconds:0.#} s"), inner: e);
                case HttpRequestException h:
                    throw new KestraException(
                        KestraFailureKind.Unavailable, request.Method.Method, path, null, $"no connection to {target.Url.Host}: {Why(h)}{Cure(h)}", inner: e);
                case IOException io:
                    throw new KestraException(KestraFailureKind.Unavailable, request.Method.Method, path, null, Why(io), inner: e);
                default: throw;
            }
        }
    }

    private HttpRequestMessage Message(KestraRequest request)
    {
        var address = new Uri(_root, request.Query.Length == 0 ? request.Path : $"{request.Path}?{request.Query}");
        // A path such as //elsewhere would leave the server, and the credential with it.
        if (Uri.Compare(address, _root, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0
            || !address.AbsolutePath.StartsWith(_root.AbsolutePath, StringComparison.Ordinal))
            throw new ArgumentException("the path leaves the server's API", nameof(request));
        var message = new HttpRequestMessage(request.Method, address)
        {
            Content = request.Body?.Invoke(), Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact, // see WireFence
        };
        message.Headers.Accept.ParseAdd(request.Accept);
        message.Headers.Authorization = Authorization(target.Auth);
        return message;
    }

    /// <summary>The text without our credentials, however they are written in it.</summary>
    private string Veil(string text)
    {
        foreach (var secret in (string?[])[target.Auth.ApiToken?.Reveal(), target.Auth.Password?.Reveal(), Authorization(target.Auth)?.Parameter])
        {
            if (secret is not { Length: > 3 }) continue;
            text = text.Replace(secret, "***", StringComparison.OrdinalIgnoreCase).Replace(Uri.EscapeDataString(secret), "***", StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static AuthenticationHeaderValue? Authorization(KestraAuth auth) =>
        auth.ApiToken is { } token ? new AuthenticationHeaderValue("Bearer", token.Reveal())
        : auth is { Username: { } user, Password: { } password }
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password.Reveal()}")))
        : null;

    private static string Cure(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError when e.InnerException is AuthenticationException =>
            ". Name the file of its certificate's authority in Kestra:CertificateAuthorityFile",
        HttpRequestError.ProxyTunnelError => ". Check the address, user and password in Kestra:Proxy, and which hosts the proxy lets through",
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError => ". Where only a proxy leads there, name it in Kestra:Proxy.",
        _ => "",
    };

    private static string Why(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e.Message;
    }
}

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using KestraGitHub.GitHub;

namespace KestraGitHub.Tests.GitHub;

/// <summary>Answers what a test says, keeps what was sent, and waits without waiting.</summary>
internal sealed class ScriptedGitHub : HttpMessageHandler
{
    public static string Pem { get; } = MakePem();

    public ManualClock Clock { get; } = new();

    public List<TimeSpan> Waits { get; } = [];

    public List<(string Call, string? Authorization, string Body, HttpRequestMessage Message)> Sent { get; } = [];

    public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; } = _ => Json("{}");

    public GitHubOptions Options { get; } = new() { ApiUrl = "https://ghe.example/api/v3", Token = "ghp_0123456789abcdefghij" };

    public IEnumerable<string> Calls => Sent.Select(s => s.Call);

    public GitHubClient Client()
    {
        var wire = new GitHubWire(new HttpClient(this), Options.Api, new GitHubLimits(Clock, (wait, _) =>
        {
            Waits.Add(wait);
            return Task.CompletedTask;
        }));
        return new GitHubClient(wire, Options.HasApp ? new AppTokens(wire, new AppJwt(Options, Clock), Clock) : new PersonalTokens(Options), Options);
    }

    public static HttpResponseMessage Json(string text, int status = 200, params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) answer.Headers.TryAddWithoutValidation(name, value);
        return answer;
    }

    public string Epoch(TimeSpan fromNow) => (Clock.Now + fromNow).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Sent.Add(($"{request.Method} {request.RequestUri!.AbsoluteUri}", request.Headers.Authorization?.ToString(), body, request));
        return Answer(request);
    }

    private static string MakePem()
    {
        using var key = RSA.Create(2048);
        return key.ExportRSAPrivateKeyPem();
    }
}

using System.Net;
using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using Microsoft.Extensions.Logging.Abstractions;

namespace KestraGitHub.Tests.Kestra;

/// <summary>Answers what a test says, and keeps what was sent.</summary>
internal sealed class ScriptedKestra : HttpMessageHandler
{
    public const string Configs = """{"version":"2.0.0","edition":"OSS","uuid":"u1","isBasicAuthInitialized":true}""";

    public List<(string Method, Uri Address, string? Authorization, string Body, string Head)> Sent { get; } = [];

    public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; } = _ => Json("[]");

    public static KestraTarget Target { get; } =
        new("", new Uri("https://kestra.example/base/"), "main", new KestraAuth("u@x.y", new Secret("p4ss-word"), null));

    public static HttpResponseMessage Json(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Bytes(byte[] bytes) =>
        new(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } } };

    public KestraClient Client(TimeProvider? time = null) => new(
        new KestraHttp(new HttpClient(this), Target, KestraTimings.Default with { RetryDelay = TimeSpan.FromMilliseconds(1) }, time ?? TimeProvider.System), "main");

    public KestraServer Server(string version = "2.0.0") => new(Target, KestraVersion.Parse(version), KestraEdition.Oss, "u1", Client(), new ServerLoad(4, TimeProvider.System));

    public KestraServers Servers() => new(new KestraOptions(), TimeProvider.System, NullLogger<KestraServers>.Instance, () => this);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Sent.Add((request.Method.Method, request.RequestUri!, request.Headers.Authorization?.ToString(), body, request.ToString()));
        return Answer(request);
    }
}

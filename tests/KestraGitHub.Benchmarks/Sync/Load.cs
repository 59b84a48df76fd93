using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Sync;

/// <summary>What lies in Git and is to be in Kestra.</summary>
internal abstract record Load(string Name, int Count)
{
    public const string Namespace = "bench";

    /// <summary>The rest of the definition that syncs it.</summary>
    public abstract string Definition(string url);

    /// <summary>The whole first commit, made while it is read.</summary>
    public IEnumerable<(string Path, byte[] Content)> All => Enumerable.Range(0, Count).Select(i => File(i, 0));

    /// <summary>One file as it is after <paramref name="changes"/> changes.</summary>
    public abstract (string Path, byte[] Content) File(int i, int changes);

    /// <summary>How many writes of it may be under way when nothing but the server's own pace counts.</summary>
    public abstract int AtOnce { get; }

    /// <summary>Writes one to Kestra, with nothing asked before or after.</summary>
    public abstract Task WriteAsync(HttpClient kestra, int i);

    protected static async Task SendAsync(HttpClient kestra, string path, HttpContent content)
    {
        using (content)
        using (var answer = await kestra.PostAsync(path, content))
            if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"The stand-in refuses a write: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}

/// <summary>Flows of 0.9 KB in 20 namespaces.</summary>
internal sealed record FlowLoad(int Count) : Load($"{Count.ToString("N0", CultureInfo.InvariantCulture)} flows", Count)
{
    private const int Namespaces = 20;

    // More gain nothing on a real server (measured there: 8 at once is the fastest way of all).
    public override int AtOnce => 8;

    public override string Definition(string url) => $"""
        tasks:
          - id: git
            type: io.kestra.plugin.git.SyncFlows
            url: {url}
            branch: main
            targetNamespace: {Namespace}
            includeChildNamespaces: true
            delete: true
        """;

    public override (string Path, byte[] Content) File(int i, int changes) =>
        (string.Create(CultureInfo.InvariantCulture, $"_flows/team{i % Namespaces}/flow-{i:00000}.yaml"), Encoding.UTF8.GetBytes(Source(i, changes)));

    public override Task WriteAsync(HttpClient kestra, int i) =>
        SendAsync(kestra, "/api/v1/main/flows", new StringContent(Source(i, 0), Encoding.UTF8, "application/x-yaml"));

    private static string Source(int i, int changes) => string.Create(CultureInfo.InvariantCulture, $$$"""
        id: flow-{{{i:00000}}}
        namespace: {{{Namespace}}}.team{{{i % Namespaces}}}
        description: Flow number {{{i}}}, changed {{{changes}}} times
        labels:
          team: team{{{i % Namespaces}}}
        inputs:
          - id: day
            type: STRING
            defaults: today
        tasks:
          - id: greet
            type: io.kestra.plugin.core.log.Log
            message: Hello from flow {{{i}}}, {{ inputs.day }}
          - id: say_more
            type: io.kestra.plugin.core.log.Log
            message: "{{{new string('x', 400)}}}"

        """);
}

/// <summary>Namespace files of 1 MiB that no compression makes smaller.</summary>
internal sealed record FileLoad(int Count) : Load($"{Count} MiB of namespace files", Count)
{
    private const int Size = 1 << 20;

    // One at a time, as the service: parallel uploads lose files on real servers.
    public override int AtOnce => 1;

    public override string Definition(string url) => $"""
        tasks:
          - id: git
            type: io.kestra.plugin.git.SyncNamespaceFiles
            url: {url}
            branch: main
            namespace: {Namespace}
            delete: true
        """;

    public override (string Path, byte[] Content) File(int i, int changes) => ($"_files/{PathOf(i)}", Bytes(i, changes));

    public override Task WriteAsync(HttpClient kestra, int i)
    {
        var part = new ByteArrayContent(Bytes(i, 0));
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"fileContent\"", FileName = "\"blob\"" };
        return SendAsync(kestra, $"/api/v1/main/namespaces/{Namespace}/files?path=/{PathOf(i)}", new MultipartFormDataContent { part });
    }

    private static string PathOf(int i) => string.Create(CultureInfo.InvariantCulture, $"part{i % 16}/file-{i:0000}.bin");

    private static byte[] Bytes(int i, int changes)
    {
        var bytes = new byte[Size];
#pragma warning disable CA5394 // The same bytes each time, and no secret.
        new Random((i * 1000) + changes).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }
}

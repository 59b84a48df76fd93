using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace KestraGitHub.Git;

/// <summary>One call of git.</summary>
/// <param name="What">What it is for, as the beginning of a sentence: <c>Reading the branches of https://…</c>.</param>
internal sealed record GitCall(string What, IReadOnlyList<string> Arguments)
{
    /// <summary>The repository; null for calls that need none.</summary>
    public string? GitDirectory { get; init; }

    /// <summary>Null for calls that speak to no server.</summary>
    public RemoteAccess? Access { get; init; }

    public TimeSpan? Timeout { get; init; }
}

/// <summary>The only place of the product that starts a process: arguments as a list, an environment of its own, limits in time, nothing left running.</summary>
internal sealed class GitRunner(GitFolders folders, GitOptions options)
{
    private static readonly ActivitySource Traces = new("KestraGitHub.Git");

    private const int OutputLimit = 256 << 20;

    private static readonly string[] Inherited =
        ["PATH", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "SystemRoot", "SystemDrive", "TEMP", "TMP",
            "PATHEXT", "ComSpec"];

    private static readonly string[] Proxies = ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
        "NO_PROXY"];

    private static readonly KeyValuePair<string, string>[] FixedConfig =
    [
        new("core.hooksPath", "/dev/null"), new("core.fsmonitor", "false"), new("core.bigFileThreshold", "8m"),
        // A mapped pack counts as memory of the process: a gigabyte of files must not.
        new("core.packedGitWindowSize", "8m"), new("core.packedGitLimit", "64m"), new("core.logAllRefUpdates", "false"),
        new("credential.helper", ""), new("safe.directory", "*"), new("gc.autoDetach", "false"), new("maintenance.auto", "false"),
        // A pack appears whole or not at all; loose objects would appear one by one, and a killed fetch leave a commit without its tree.
        new("fetch.unpackLimit", "1"), new("fastimport.unpackLimit", "1"), new("transfer.bundleURI", "false"), new("submodule.recurse", "false"), new("protocol.version", "2"),
    ];

    /// <summary>The whole output, as bytes.</summary>
    public async Task<byte[]> RunAsync(GitCall call, CancellationToken ct)
    {
        var output = new MemoryStream();
        await StreamAsync(call, (stream, token) => CopyBoundedAsync(call, stream, output, token), ct);
        return output.ToArray();
    }

    public async Task<string> TextAsync(GitCall call, CancellationToken ct) => Encoding.UTF8.GetString(await RunAsync(call, ct)).TrimEnd('\n');

    /// <summary>Hands the output to <paramref name="read"/> while it comes. Whatever happens, nothing of the call runs on when this returns.</summary>
    public Task StreamAsync(GitCall call, Func<Stream, CancellationToken, Task> read, CancellationToken ct) => EndAsync(call, read, lastAnswer: 0, ct);

    /// <summary>A call whose exit code is part of what it answers.</summary>
    /// <param name="lastAnswer">A higher code is a failure.</param>
    public async Task<(int Code, byte[] Output)> AnswerAsync(GitCall call, int lastAnswer, CancellationToken ct)
    {
        var output = new MemoryStream();
        var code = await EndAsync(call, (stream, token) => CopyBoundedAsync(call, stream, output, token), lastAnswer, ct);
        return (code, output.ToArray());
    }

    private async Task<int> EndAsync(GitCall call, Func<Stream, CancellationToken, Task> read, int lastAnswer, CancellationToken ct)
    {
        var timeout = call.Timeout ?? options.LocalTimeout;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(timeout);
        using var trace = Trace(call);
        await using var process = Start(call, guarded: true);
        try
        {
            await read(process.Output, limit.Token);
            var (code, errors) = await process.WaitAsync(limit.Token);
            return code >= 0 && code <= lastAnswer ? code : throw GitFaults.Of(call, code, Clean(call, errors));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && limit.IsCancellationRequested)
        {
            throw new GitException(
                GitErrorKind.Timeout, $"{call.What} took longer than {timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s and was ended. "
                + (call.Access is null ? "Look at the load of this machine's disk."
                    : "Look whether the server answers, or raise Git:FetchTimeout or Git:LsRemoteTimeout."));
        }
    }

    /// <summary>Hands git its input while it takes it; what it answered, once it has ended well.</summary>
    public async Task<string> FeedAsync(GitCall call, Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(call.Timeout ?? options.LocalTimeout);
        using var trace = Trace(call);
        await using var process = Start(call, guarded: false);
        using var answer = new StreamReader(process.Output, Encoding.UTF8);
        try
        {
            var answering = answer.ReadToEndAsync(limit.Token);
            try
            {
                await write(process.Input, limit.Token);
                process.Input.Close();
            }
            catch (IOException)
            {
                // It gave up reading: how it ended says why.
            }

            var text = await answering;
            var (code, errors) = await process.WaitAsync(limit.Token);
            return code == 0 ? text.TrimEnd('\n') : throw GitFaults.Of(call, code, Clean(call, errors));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && limit.IsCancellationRequested)
        {
            throw new GitException(GitErrorKind.Timeout, $"{call.What} took too long and was ended. Look at the load of this machine's disk.");
        }
    }

    /// <summary>A git that answers requests until it is disposed of. It ends by itself when this service does, because its input ends.</summary>
    public GitProcess Open(GitCall call) => Start(call, guarded: false);

    /// <summary>Nothing in <paramref name="errors"/> that must not be seen.</summary>
    public static string Clean(GitCall call, string errors) => call.Access is null ? errors : GitFaults.WithoutUserInfo(call.Access.Redact(errors));

    private static Activity? Trace(GitCall call) => Traces.StartActivity("git " + call.Arguments[0]);

    private GitProcess Start(GitCall call, bool guarded)
    {
        List<string> arguments = call.GitDirectory is null ? [] : ["--git-dir=" + call.GitDirectory];
        arguments.AddRange(call.Arguments);
        return GitProcess.Start(options.Program, arguments, EnvironmentOf(call), folders.Home, guarded);
    }

    private Dictionary<string, string> EnvironmentOf(GitCall call)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = folders.Home, ["XDG_CONFIG_HOME"] = folders.Home, ["LC_ALL"] = "C", ["GIT_CONFIG_NOSYSTEM"] = "1",
                ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_TERMINAL_PROMPT"] = "0", ["GIT_ASKPASS"] = "", ["SSH_ASKPASS"] = "", ["GCM_INTERACTIVE"] = "never",
                ["GIT_PROTOCOL_FROM_USER"] = "0",
            ["GIT_ALLOW_PROTOCOL"] = call.Access is null ? "none" : string.Join(':', options.AllowedProtocols),
            ["GIT_NO_LAZY_FETCH"] = "1", ["GIT_NO_REPLACE_OBJECTS"] = "1", ["GIT_LITERAL_PATHSPECS"] = "1", ["GIT_ADVICE"] = "0",
                ["GIT_ATTR_NOSYSTEM"] = "1",
        };
        foreach (var name in call.Access is { NoProxy: false } ? Inherited.Concat(Proxies) : Inherited)
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) environment[name] = value;
        List<KeyValuePair<string, string>> config = [.. FixedConfig, .. call.Access?.Config ?? []];
        environment["GIT_CONFIG_COUNT"] = config.Count.ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < config.Count; i++)
        {
            environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_KEY_{i}")] = config[i].Key;
            environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_VALUE_{i}")] = config[i].Value;
        }

        foreach (var (name, value) in call.Access?.Environment ?? new Dictionary<string, string>()) environment[name] = value;
        return environment;
    }

    private static async Task CopyBoundedAsync(GitCall call, Stream from, MemoryStream to, CancellationToken ct)
    {
        var buffer = new byte[81920];
        for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
        {
            to.Write(buffer, 0, read);
            if (to.Length > OutputLimit)
                throw new GitException(GitErrorKind.TooBig,
                $"{call.What} gave more than {OutputLimit >> 20} MiB. The repository has more names than this service reads.");
        }
    }
}

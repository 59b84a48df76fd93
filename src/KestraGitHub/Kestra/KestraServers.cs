using System.Collections.Concurrent;
using System.Net;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Kestra;

/// <summary>The servers we talk to: asked once who they are, and again every few minutes; one pool of connections for each.</summary>
internal sealed partial class KestraServers(
    KestraOptions options, TimeProvider time, ILogger<KestraServers> log, Func<HttpMessageHandler>? handler = null) : IDisposable
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan QuickRead = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<KestraTarget, Entry> _entries = new();
    private readonly ConcurrentDictionary<string, ServerLoad> _loads = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlyDictionary<string, KestraTarget>> _targets = new(options.ToTargets);

    /// <summary>The configured servers; the default one under the empty name.</summary>
    public IReadOnlyDictionary<string, KestraTarget> Targets => _targets.Value;

    /// <summary>The configured servers, then those that definitions name themselves.</summary>
    public IReadOnlyList<KestraServerStatus> Status =>
        [.. Targets.Values.Concat(_entries.Keys.Where(t => t.Name is null).OrderBy(t => t.Url.ToString(), StringComparer.Ordinal))
            .Select(t => _entries.TryGetValue(t, out var entry) ? entry.Status : Unknown(t))];

    /// <summary>A client of <paramref name="target"/>, whose version, edition and credentials have been looked at.</summary>
    /// <exception cref="KestraException">It cannot be reached, refuses the credentials, or is not one we can work with.</exception>
    public async Task<KestraServer> ConnectAsync(KestraTarget target, CancellationToken ct)
    {
        var entry = EntryOf(target);
        await entry.Gate.WaitAsync(ct);
        try
        {
            if (entry.Known is null || time.GetUtcNow() - entry.ProbedAt >= ProbeEvery) await ProbeAsync(target, entry, ct);
            var (version, edition, uuid, dashboards) = entry.Known!;
            return new KestraServer(target, version, edition, uuid, Client(target, entry, options.Timings), LoadOf(target)) { HasDashboards = dashboards };
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>Asks every server who it is now, so that no run has to. False when one of them cannot be used.</summary>
    public async Task<bool> ProbeAllAsync(CancellationToken ct)
    {
        var all = true;
        foreach (var target in Targets.Values.Union(_entries.Keys))
        {
            var entry = EntryOf(target);
            await entry.Gate.WaitAsync(ct);
            try
            {
                await ProbeAsync(target, entry, ct);
            }
            catch (KestraException)
            {
                all = false; // said in the log and kept in its status
            }
            finally
            {
                entry.Gate.Release();
            }
        }

        return all;
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            if (entry.Http.IsValueCreated) entry.Http.Value.Dispose();
            entry.Gate.Dispose();
        }
    }

    private Entry EntryOf(KestraTarget target) => _entries.GetOrAdd(target, t => new Entry(Unknown(t), new Lazy<HttpClient>(() =>
        new HttpClient(handler?.Invoke() ?? Handler(options.OutboundOf(t.Url)))
        {
            Timeout = Timeout.InfiniteTimeSpan, // every request has its own
        })));

    private async Task ProbeAsync(KestraTarget target, Entry entry, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var said = (entry.Status.Reachable, entry.Status.Version);
        try
        {
            var known = await KestraProbe.AskAsync(Client(target, entry, ProbeTimings(target)), target, verifyCredentials: entry.Known is null, ct);
            (entry.Known, entry.ProbedAt) = (known, now);
            entry.Status = entry.Status with
            {
                Version = known.Version.Text, Edition = known.Edition == KestraEdition.Enterprise ? "EE" : "OSS",
                Reachable = true, LastError = null, LastProbe = now, Lacks = ObjectRoutes.AllLacking(known),
            };
            if (said != (true, known.Version.Text)) Log.Connected(log, entry.Status.Address, entry.Status.Version, entry.Status.Edition);
        }
        catch (KestraException e)
        {
            entry.Known = null; // asked anew, credentials too, when it is needed next
            var answered = e.Kind is not (KestraFailureKind.Unavailable or KestraFailureKind.Timeout);
            entry.Status = entry.Status with { Reachable = answered, LastError = e.Message, LastProbe = now };
            if (said.Reachable != answered || said.Version.Length == 0) Log.Refused(log, entry.Status.Address, e.Message);
            throw;
        }
    }

    // Others wait at the gate meanwhile. A server that is busy with what we gave it gets its time: slow is not away.
    private KestraTimings ProbeTimings(KestraTarget target) =>
        options.Timings is var t && t.Read > QuickRead && LoadOf(target).Digesting == TimeSpan.Zero ? t with { Read = QuickRead } : t;

    /// <summary>One for each address: its tenants and users share one server.</summary>
    private ServerLoad LoadOf(KestraTarget target) =>
        _loads.GetOrAdd(Address(target).TrimEnd('/'), _ => new ServerLoad(options.WritesAtOnce, time));

    private KestraClient Client(KestraTarget target, Entry entry, KestraTimings timings) =>
        new(new KestraHttp(entry.Http.Value, target, timings, time), target.Tenant);

    private static KestraServerStatus Unknown(KestraTarget target)
    {
        var address = Address(target);
        return new KestraServerStatus(target.Name ?? address, address, target.Tenant, "", "", null, null, null);
    }

    private static string Address(KestraTarget target) =>
        target.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    internal static SocketsHttpHandler Handler(Outbound outbound) => outbound.ApplyTo(new()
    {
        PlaintextStreamFilter = WireFence.AroundAsync,

        // 2.0 refuses writes that carry a cookie (kestra-api.md 11.2), and a redirect could carry the credential elsewhere.
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    private sealed class Entry(KestraServerStatus status, Lazy<HttpClient> http)
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public Lazy<HttpClient> Http => http;

        public KestraIdentity? Known { get; set; }

        public DateTimeOffset ProbedAt { get; set; }

        public KestraServerStatus Status { get; set; } = status;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Kestra at {Address}: version {Version}, {Edition}")]
        public static partial void Connected(ILogger logger, string address, string version, string edition);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Kestra at {Address} cannot be used: {Reason}")]
        public static partial void Refused(ILogger logger, string address, string reason);
    }
}

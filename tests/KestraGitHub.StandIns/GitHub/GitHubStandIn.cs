using System.Collections.Concurrent;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A small double of GitHub on 127.0.0.1: repositories over smart HTTP, hooks that a push calls, commit statuses.</summary>
public sealed class GitHubStandIn : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ConcurrentDictionary<long, Hook> _hooks = new();
    private readonly ConcurrentQueue<HookDelivery> _deliveries = new();
    private readonly ConcurrentQueue<CommitStatus> _statuses = new();
    private readonly ConcurrentQueue<UnknownCall> _unknown = new();
    private readonly ConcurrentDictionary<Task, bool> _sending = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HookSender _sender;
    private readonly PushWatcher _watcher;
    private readonly GitHubServer _server;
    private readonly InstallationTokens _tokens;
    private readonly ConcurrentQueue<CheckRun> _checks = new();
    private readonly ConcurrentQueue<RestCall> _calls = new();
    private long _lastId = 12_000_000_000;
    private Task _polling = Task.CompletedTask;

    private GitHubStandIn(GitHubStandInOptions options)
    {
        Options = options with { Root = Path.GetFullPath(options.Root) };
        Directory.CreateDirectory(Options.Root);
        _sender = new HookSender(options.HookTimeout);
        _watcher = new PushWatcher(() => Repository.All(Options.Root, options.IsPrivate), Pushed);
        _tokens = new InstallationTokens(options.App);
        _server = new GitHubServer(Options, _watcher, _unknown.Enqueue, _tokens, Keep, (method, path) => Troubles?.Invoke(method, path));
        AppRoutes.Add(_server, Options, _tokens);
        CheckRunRoutes.Add(this);
        RepositoryRoutes.Add(this);
        HookRoutes.Add(this);
        DeliveryRoutes.Add(this);
        StatusRoutes.Add(this);
        Pulls = new PullRequests(this, Send);
    }

    public PullRequests Pulls { get; }

    public Uri BaseUrl { get; private set; } = null!;

    public IReadOnlyList<Hook> Hooks => [.. _hooks.Values.OrderBy(h => h.Id)];

    /// <summary>Those that are over, in the order in which they ended.</summary>
    public IReadOnlyList<HookDelivery> Deliveries => [.. _deliveries];

    public IReadOnlyList<CommitStatus> Statuses => [.. _statuses];

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<CheckRun> CheckRuns => [.. _checks];

    /// <summary>Every REST call, in the order of their answers.</summary>
    public IReadOnlyList<RestCall> Calls => [.. _calls];

    /// <summary>Tokens of the App that are still good.</summary>
    public IReadOnlyList<InstallationToken> IssuedTokens => _tokens.Issued;

    /// <summary>Asked at every REST call what goes wrong with it, by method and path; null when nothing does.</summary>
    public Func<string, string, Trouble?>? Troubles { get; set; }

    /// <summary>Calls that this stand-in has no answer for: look whether GitHub has one.</summary>
    public IReadOnlyList<UnknownCall> UnknownCalls => [.. _unknown];

    internal GitHubStandInOptions Options { get; }

    private string Base => BaseUrl.GetLeftPart(UriPartial.Authority);

    public static async Task<GitHubStandIn> StartAsync(GitHubStandInOptions options)
    {
        var standIn = new GitHubStandIn(options);
        standIn.BaseUrl = await standIn._server.StartAsync();
        standIn._polling = standIn._watcher.PollAsync(options.PollInterval, standIn._stopping.Token);
        return standIn;
    }

    public Uri CloneUrl(string owner, string name) => new(BaseUrl, $"/{owner}/{name}.git");

    /// <summary>Sends an event that no push of a real client made to every hook of the repository that wants it, as one: with one guid, which is given back.</summary>
    public string Emit(string owner, string name, string githubEvent, JsonObject payload)
    {
        var repository = Repository.Find(Options.Root, owner, name, Options.Token is not null) ?? throw new ArgumentException($"There is no {owner}/{name}.", nameof(name));
        var (guid, text) = (NewGuid(), payload.ToJsonString(Plain));
        foreach (var hook in Hooks.Where(h => h.Repository == repository.FullName && h.Wants(githubEvent))) Send(repository, hook, guid, githubEvent, text, false);
        return guid;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _polling;
        await _server.DisposeAsync();
        await Task.WhenAll(_sending.Keys);
        _sender.Dispose();
        _stopping.Dispose();
    }

    internal long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>All tokens of the App end now.</summary>
    public void RevokeTokens() => _tokens.Revoke();

    /// <summary>The repository got another name: what is asked under the old one is sent on.</summary>
    public void Rename(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Options.Root, to))!);
        Directory.Move(Path.Combine(Options.Root, from + ".git"), Path.Combine(Options.Root, to + ".git"));
        _server.Moved[from] = to;
    }

    internal void Map(string method, string path, Func<GitHubCall, GitHubAnswer> handler, string? permission = null, bool onlyApps = false) =>
        _server.Map(method, path, handler, permission, onlyApps);

    internal void Keep(CheckRun check) => _checks.Enqueue(check);

    private void Keep(RestCall call) => _calls.Enqueue(call);

    internal void Keep(CommitStatus status) => _statuses.Enqueue(status);

    internal void Add(Hook hook, Repository repository)
    {
        _watcher.Look(repository);
        _hooks[hook.Id] = hook;
        Ping(repository, hook);
    }

    /// <summary>A hook as somebody makes it on the repository's page.</summary>
    public void AddHook(string repository, Uri url, string secret, params string[] events) =>
        Add(new Hook(NextId(), repository, url, "json", secret, events, true), Find(repository));

    internal Repository Find(string repository) =>
        Repository.Find(Options.Root, repository.Split('/')[0], repository.Split('/')[1], Options.IsPrivate) ?? throw new InvalidOperationException($"no repository {repository}");

    /// <summary>An event to every hook that wants it.</summary>
    private void Send(Repository repository, string githubEvent, JsonObject payload)
    {
        payload["repository"] = repository.Json(Base);
        payload["sender"] = new JsonObject { ["login"] = "bea", ["id"] = 1, ["type"] = "User" };
        var (text, guid) = (payload.ToJsonString(Plain), NewGuid());
        foreach (var hook in Hooks.Where(h => h.Repository == repository.FullName && h.Wants(githubEvent))) Send(repository, hook, guid, githubEvent, text, false);
    }

    internal void Remove(Hook hook) => _hooks.TryRemove(hook.Id, out _);

    internal void Ping(Repository repository, Hook hook)
    {
        var payload = new JsonObject
        {
            ["zen"] = "Measure twice, push once.", ["hook_id"] = hook.Id, ["hook"] = hook.Json(Base, null), ["repository"] = repository.Json(Base),
            ["sender"] = new JsonObject { ["login"] = repository.Owner, ["id"] = repository.OwnerId, ["type"] = "User" },
        };
        Send(repository, hook, NewGuid(), "ping", payload.ToJsonString(Plain), false);
    }

    internal void SendAgain(Repository repository, Hook hook, HookDelivery delivery) =>
        Send(repository, hook, delivery.DeliveryId, delivery.Event, delivery.Payload, true);

    private void Pushed(Repository repository, RefChange change, IReadOnlyDictionary<string, string> refs, string? pusher)
    {
        var hooks = Hooks.Where(h => h.Repository == repository.FullName && h.Wants("push")).ToList();
        if (hooks.Count == 0) return;
        try
        {
            var payload = PushPayload.Of(repository, change, refs, pusher, Base).ToJsonString(Plain);
            var guid = NewGuid();
            foreach (var hook in hooks) Send(repository, hook, guid, "push", payload, false);
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine($"no push event for {repository.FullName}: {e.Message}");
        }
    }

    private void Send(Repository repository, Hook hook, string guid, string githubEvent, string payload, bool redelivery)
    {
        var id = NextId();
        var sending = Task.Run(async () =>
        {
            var delivery = await _sender.SendAsync(id, hook, repository, guid, githubEvent, payload, redelivery, _stopping.Token);
            if (delivery is not null) _deliveries.Enqueue(delivery);
        });
        _sending[sending] = true;
        _ = sending.ContinueWith(done => _sending.TryRemove(done, out _), TaskScheduler.Default);
    }

    private static string NewGuid() => Guid.NewGuid().ToString("D");
}

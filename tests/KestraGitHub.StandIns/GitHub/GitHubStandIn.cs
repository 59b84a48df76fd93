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
        payload["repository"] ??= repository.Json(Base);
        var (guid, text) = (NewGuid(), payload.ToJsonString(Plain));
        foreach (var hook in Hooks.Where(h => h.Wants(githubEvent, repository))) Send(repository, hook, guid, githubEvent, text, false);
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

    internal void MapOrganisation(string method, string path, Func<GitHubCall, GitHubAnswer> handler, string permission) => _server.MapOrganisation(method, path, handler, permission);

    internal void MapApp(string method, string path, Func<GitHubCall, GitHubAnswer> handler) => _server.MapApp(method, path, handler);

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

    /// <summary>A hook as somebody makes it on the page of a repository (<c>owner/name</c>), an organisation (<c>owner</c>) or the App (nothing); the App has one at most.</summary>
    public void AddHook(string place, Uri url, string secret, params string[] events)
    {
        var hook = new Hook(NextId(), place, url, "json", secret, events, true);
        if (hook.Kind == "repository")
        {
            Add(hook, Find(place));
            return;
        }

        if (place.Length == 0)
            foreach (var before in Hooks.Where(h => h.Place.Length == 0)) Remove(before);
        foreach (var repository in Repository.All(Options.Root, Options.IsPrivate)) _watcher.Look(repository);
        _hooks[hook.Id] = hook;
    }

    /// <summary>Somebody presses the button beside a check: only the App that made it hears of that.</summary>
    /// <param name="action">Identifier of a button of the App's own; null for GitHub's.</param>
    /// <param name="app">Number of the App; the stand-in's own is 1234.</param>
    public string Press(CheckRun check, string? action = null, long app = 1234) => ToApp("check_run", check.Repository, new JsonObject
    {
        ["action"] = action is null ? "rerequested" : "requested_action", ["requested_action"] = action is null ? null : new JsonObject { ["identifier"] = action },
        ["check_run"] = new JsonObject
        {
            ["id"] = check.Id, ["name"] = check.Name, ["head_sha"] = check.Sha, ["external_id"] = check.ExternalId, ["status"] = check.Status, ["conclusion"] = check.Conclusion,
            ["app"] = AppRoutes.Json(app, Options.App!.Id), ["pull_requests"] = new JsonArray(),
        },
    });

    /// <summary>Somebody has all of the App's checks of a commit run again.</summary>
    public string PressAll(string repository, string sha) => ToApp("check_suite", repository, new JsonObject
    {
        ["action"] = "rerequested",
        ["check_suite"] = new JsonObject { ["id"] = 5, ["head_sha"] = sha, ["head_branch"] = null, ["app"] = AppRoutes.Json(1234, Options.App!.Id), ["pull_requests"] = new JsonArray() },
    });

    /// <summary>Sends a delivery again, as the hook's page can.</summary>
    public void SendAgain(string deliveryId)
    {
        var delivery = Deliveries.Last(d => d.DeliveryId == deliveryId);
        SendAgain(Find(delivery.Repository), Hooks.Single(h => h.Id == delivery.HookId), delivery);
    }

    private string ToApp(string githubEvent, string repository, JsonObject payload)
    {
        var found = Find(repository);
        payload["repository"] = found.Json(Base);
        payload["sender"] = new JsonObject { ["login"] = "bea", ["id"] = 1, ["type"] = "User" };
        payload["installation"] = new JsonObject { ["id"] = AppRoutes.Installation };
        var guid = NewGuid();
        foreach (var hook in Hooks.Where(h => h.Place.Length == 0)) Send(found, hook, guid, githubEvent, payload.ToJsonString(Plain), false);
        return guid;
    }

    internal Repository Find(string repository) =>
        Repository.Find(Options.Root, repository.Split('/')[0], repository.Split('/')[1], Options.IsPrivate) ?? throw new InvalidOperationException($"no repository {repository}");

    /// <summary>An event to every hook that wants it.</summary>
    private void Send(Repository repository, string githubEvent, JsonObject payload)
    {
        payload["repository"] = repository.Json(Base);
        payload["sender"] = new JsonObject { ["login"] = "bea", ["id"] = 1, ["type"] = "User" };
        var (text, guid) = (payload.ToJsonString(Plain), NewGuid());
        foreach (var hook in Hooks.Where(h => h.Wants(githubEvent, repository))) Send(repository, hook, guid, githubEvent, text, false);
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
        var hooks = Hooks.Where(h => h.Wants("push", repository)).ToList();
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

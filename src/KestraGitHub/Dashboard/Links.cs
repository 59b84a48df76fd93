using KestraGitHub.Definitions;

namespace KestraGitHub.Dashboard;

/// <summary>The addresses of the pages. They stay: people paste them into chats and tickets.</summary>
internal static class Links
{
    public const string Overview = "/";
    public const string Runs = "/runs";
    public const string Deliveries = "/deliveries";
    public const string GitHub = "/github";
    public const string Drift = "/drift";
    public const string Repositories = "/repositories";
    public const string TestRepository = Repositories + "/test";
    public const string Definitions = "/definitions";
    public const string PullDefinitions = Definitions + "/pull";
    public const string RollBackDefinitions = Definitions + "/rollback";
    public const string FollowDefinitions = Definitions + "/follow";
    public const string Servers = "/servers";
    public const string AskServers = Servers + "/ask";
    public const string Jobs = "/jobs";
    public const string SuspendAll = Jobs + "/suspend";
    public const string ResumeAll = Jobs + "/resume";
    public const string Audit = "/audit";
    public const string About = "/about";
    public const string Setup = "/setup";
    public const string WriteSetup = Setup + "/write";
    public const string SignIn = "/sign-in";
    public const string SignInByProvider = SignIn + "/openid";
    public const string SignOut = "/sign-out";

    public static string Sync(SyncKey key) => $"/syncs/{Part(key.Tenant)}/{Part(key.Namespace)}/{Part(key.Flow)}";

    /// <summary>The part of a sync's page that says what GitHub needs.</summary>
    public static string WebhookOf(SyncKey key) => Sync(key) + "#hook";

    public static string StartRun(SyncKey key) => Sync(key) + "/runs";

    public static string Suspend(SyncKey key) => Sync(key) + "/suspend";

    public static string Resume(SyncKey key) => Sync(key) + "/resume";

    public static string CheckDrift(SyncKey key) => Sync(key) + "/drift";

    public static string Ignore(SyncKey key) => Sync(key) + "/ignore";

    public static string Delivery(string guid) => $"{Deliveries}/{Part(guid)}";

    public static string Replay(string guid) => Delivery(guid) + "/replay";

    public static string Run(string id) => $"/runs/{Part(id)}";

    public static string Cancel(string id) => Run(id) + "/cancel";

    public static string Undo(string id) => Run(id) + "/undo";

    public static string Restore(string id) => Run(id) + "/restore";

    public static string Approve(string id) => Run(id) + "/approve";

    public static string Reject(string id) => Run(id) + "/reject";

    public static string Rollback(SyncKey key) => Sync(key) + "/rollback";

    public static string Release(SyncKey key) => Sync(key) + "/release";

    public static string Change(string id, int place) => Run(id) + string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/changes/{place}");

    public static string Stream(string id) => Run(id) + "/stream";

    public static string RunsOf(SyncKey key) => WithQuery(Runs, ("sync", key.ToString()));

    public static string DeliveriesOf(SyncKey key) => WithQuery(Deliveries, ("sync", key.ToString()));

    /// <summary>Where GitHub posts to, without the key that ends it.</summary>
    public static string Webhook(string start, SyncKey key) => $"{start}/webhook/{Part(key.Tenant)}/{Part(key.Namespace)}/{Part(key.Flow)}";

    /// <summary>A path with those of the values that are there.</summary>
    public static string WithQuery(string path, params (string Name, string? Value)[] query)
    {
        var parts = query.Where(q => !string.IsNullOrEmpty(q.Value)).Select(q => $"{q.Name}={Part(q.Value!)}").ToList();
        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }

    private static string Part(string text) => Uri.EscapeDataString(text);
}

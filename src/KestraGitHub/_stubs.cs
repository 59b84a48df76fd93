namespace KestraGitHub.Git {
 using KestraGitHub.Definitions; using KestraGitHub.Reconciliation;
 public sealed class GitException(string m): Exception(m) { public bool IsTransient => false; }
 public sealed record GitHead(string Commit, string? Branch);
 internal sealed class GitCommit { public string Commit=""; public string Subject=""; public Task<string?> TreeOfAsync(string d, CancellationToken ct)=>null!; }
 internal static class GitUrl { public static string Display(string u)=>u; }
 internal sealed class GitMirrors { public Task<GitHead> ResolveAsync(GitSource s,string? r,CancellationToken ct)=>null!; public Task<GitCommit> OpenAsync(GitSource s, GitHead h, CancellationToken ct)=>null!; public IResourceStore OpenStore(SyncTask t, GitCommit c)=>null!; }
}
namespace KestraGitHub.Kestra {
 using KestraGitHub.Definitions; using KestraGitHub.Reconciliation;
 public sealed class KestraException(string m): Exception(m) { public bool IsTransient => false; public TimeSpan? RetryAfter => null; }
 internal sealed class KestraServer {}
 internal sealed class KestraServers { public Task<KestraServer> ConnectAsync(KestraTarget t, CancellationToken ct)=>null!; }
 internal sealed class KestraResourceStore(KestraServer s, Scope sc): IResourceStore { public Task<bool> HasMovedAsync(string c, CancellationToken ct)=>null!; public Task<ResourceSet> ReadAsync(KnownState k, CancellationToken ct)=>null!; public Task<Stream> OpenAsync(Resource r, CancellationToken ct)=>null!; public Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan p, IResourceStore s, CancellationToken ct)=>null!; public Task<ApplyResult> ApplyAsync(SyncPlan p, IResourceStore s, IApplyGuard g, CancellationToken ct)=>null!; }
}
namespace KestraGitHub.Definitions { public sealed class RenderException(string m): Exception(m) {} internal static class TaskRenderer { public static SyncTask Render(Definition d, TaskDeclaration t, RenderContext c)=>null!; } internal static class CronTranslator { public static IReadOnlyList<string> Translate(string c, bool s)=>null!; } }

namespace KestraGitHub.Git {
 using KestraGitHub.Definitions; using KestraGitHub.Reconciliation;
 public sealed class GitException(string m): Exception(m) { public bool IsTransient => false; }
 public sealed record GitHead(string Commit, string? Branch);
 internal sealed class GitCommit { public string Commit=""; public string Subject=""; public Task<string?> TreeOfAsync(string d, CancellationToken ct)=>null!; }
 internal static class GitUrl { public static string Display(string u)=>u; }
 internal sealed class GitMirrors { public Task<GitHead> ResolveAsync(GitSource s,string? r,CancellationToken ct)=>null!; public Task<GitCommit> OpenAsync(GitSource s, GitHead h, CancellationToken ct)=>null!; public IResourceStore OpenStore(SyncTask t, GitCommit c)=>null!; }
}

using System.Data.Common;
using System.Runtime.CompilerServices;
using KestraGitHub.Access;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.GitHub;
using KestraGitHub.Kestra;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary>Looks at one thing after the other; what goes wrong with one does not keep it from the next.</summary>
internal sealed class Doctor(StandAlone own, string? publicUrl)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClocksMayDiffer = TimeSpan.FromSeconds(60);

    private readonly DefinitionEnvironment _environment = new(own.Kestra.Tenant, own.Kestra.ToTargets(), EnvironmentSecrets.Secret, EnvironmentSecrets.Variable);

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken ct)
    {
        yield return await TryAsync("git", async t => await own.Git.Runner.TextAsync(new GitCall("Asking git for its version", ["--version"]), t), ct);
        yield return await TryAsync("data folder", _ => Task.FromResult(StorageCheck.Look(own.Data)), ct);
        yield return await TryAsync("database", t => StorageCheck.LookAsync(own.Dialect, own.Data, t), ct);
        var catalog = own.DefinitionsGit is null ? DefinitionFiles.LoadFolder(own.Definitions, _environment) : DefinitionCatalog.Empty;
        if (own.DefinitionsGit is { } repository)
            yield return await TryAsync("repository of definitions", async t =>
            {
                (catalog, var said) = await FromGitAsync(repository, t);
                return said;
            }, ct);
        foreach (var finding in OfDefinitions(catalog)) yield return finding;
        var definitions = catalog.Entries.Select(e => e.Definition).OfType<Definition>().ToList();
        foreach (var (name, look) in Repositories(definitions)) yield return await TryAsync(name, look, ct);
        foreach (var target in Targets(definitions))
        {
            yield return await TryAsync($"Kestra {target.Url.GetLeftPart(UriPartial.Path)}", t => VersionAsync(target, t), ct);
            if (await ClockAsync(target, ct) is { } clock) yield return clock;
        }

        if (own.GitHub is { } github) yield return await TryAsync("GitHub", t => github.LookAsync(github.NeedsOf(definitions), t), ct);
        if (own.SignInProvider is { } provider) yield return await TryAsync("sign-in provider", t => OpenIdProbe.LookAsync(provider, t), ct);
        yield return publicUrl is null
            ? new("webhook", Finding.Warning, "not looked at: name the address that GitHub is given with --public-url")
            : await TryAsync("webhook", t => ReachAsync(publicUrl, t), ct);
    }

    private static async Task<Finding> TryAsync(string check, Func<CancellationToken, Task<string>> look, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return new(check, Finding.Ok, await look(limit.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(check, Finding.Failed, $"no answer within {Patience.TotalSeconds:0} s. Look whether it is reachable from here.");
        }
        catch (Exception e) when (e is GitException or GitHubException or KestraException or StorageRefusedException or StorageUnavailableException or RenderException or DbException or IOException
            or UnauthorizedAccessException or HttpRequestException)
        {
            return new(check, Finding.Failed, e.Message);
        }
    }

    /// <summary>As the service would take them, of the branch as it is now.</summary>
    private async Task<(DefinitionCatalog Catalog, string Said)> FromGitAsync(DefinitionsGitOptions options, CancellationToken ct)
    {
        var source = DefinitionsPull.SourceOf(options);
        var head = await own.Git.ResolveAsync(source, null, ct);
        var files = await own.Git.ReadFilesAsync(source, await own.Git.OpenAsync(source, head, ct), DefinitionsPull.IsDefinition, DefinitionsPull.LargestFile, ct);
        var parsed = files.Select(f => (f.Path, DefinitionParser.Parse(f.Path, f.Content, _environment)));
        return (DefinitionCatalogBuilder.Build([.. parsed], DefinitionCatalog.Empty), $"{HeadOf(head)}, with {files.Count} files");
    }

    private IEnumerable<Finding> OfDefinitions(DefinitionCatalog catalog)
    {
        if (catalog.Entries.Count == 0 && own.DefinitionsGit is null) yield return new("definitions", Finding.Warning, "there is none yet: put a Kestra flow file with a git task into Definitions:Path");
        foreach (var entry in catalog.Entries)
            yield return entry.Broken || entry.Definition is null
                ? new($"definition {entry.File}", Finding.Failed, string.Join(' ', entry.Faults))
                : new($"definition {entry.File}", Finding.Ok, $"{entry.Key}, secrets: {entry.Definition.SecretNames.Count}, all there");
    }

    /// <summary>Each repository once for each credential that reads it.</summary>
    private IEnumerable<(string Name, Func<CancellationToken, Task<string>> Look)> Repositories(IEnumerable<Definition> definitions)
    {
        var seen = new HashSet<(string, string?, GitCredential)>();
        foreach (var definition in definitions.Where(d => !d.Disabled))
        foreach (var declared in definition.Tasks.Where(t => t.Standing == TaskStanding.Runs))
        {
            var context = new RenderContext(_environment, new Dictionary<string, string>());
            if (TryRender(definition, declared, context) is not { } source) continue;
            if (seen.Add((source.Git.Url, source.Revision ?? source.Git.Branch, source.Git.Credential)))
                yield return ($"repository {source.Git.Url}", async ct => HeadOf(source.Task is { } task ? await own.Git.ResolveAsync(task, null, ct) : await own.Git.ResolveAsync(source.Git, source.Revision, ct)));
        }
    }

    /// <summary>Null where only a delivery says what it is.</summary>
    private static (GitSource Git, string? Revision, SyncTask? Task)? TryRender(Definition definition, TaskDeclaration declared, RenderContext context)
    {
        try
        {
            if (CloneRenderer.Takes(declared)) return CloneRenderer.Render(definition, declared, context) is var clone ? (clone.Git, clone.Revision, null) : null;
            var task = TaskRenderer.Render(definition, declared, context);
            return (task.Git, null, task);
        }
        catch (RenderException)
        {
            return null;
        }
    }

    private static string HeadOf(GitHead head) => head.IsNew ? $"{head.Wanted} will be made" : $"{head.Wanted} is at {head.Commit[..Math.Min(12, head.Commit.Length)]}";

    private IEnumerable<KestraTarget> Targets(IEnumerable<Definition> definitions)
    {
        var ofTasks = new List<KestraTarget>();
        foreach (var definition in definitions)
        foreach (var declared in definition.Tasks.Where(t => t.Standing == TaskStanding.Runs && !CloneRenderer.Takes(t)))
        {
            try
            {
                ofTasks.Add(TaskRenderer.Render(definition, declared, new RenderContext(_environment, new Dictionary<string, string>())).Kestra);
            }
            catch (RenderException)
            {
                // Only a delivery says where it goes.
            }
        }

        return _environment.Targets.Values.Concat(ofTasks).DistinctBy(t => (t.Url, t.Tenant, t.Auth));
    }

    private async Task<string> VersionAsync(KestraTarget target, CancellationToken ct)
    {
        var server = await own.Servers.ConnectAsync(target, ct);
        return $"{server.Version.Text}, {(server.Edition == KestraEdition.Enterprise ? "enterprise" : "open source")}, tenant {target.Tenant}";
    }

    /// <summary>By the Date of any answer; null where there is none.</summary>
    private async Task<Finding?> ClockAsync(KestraTarget target, CancellationToken ct)
    {
        try
        {
            using var http = new HttpClient(KestraServers.Handler(own.Kestra.OutboundOf(target.Url))) { Timeout = Patience };
            using var answer = await http.GetAsync(target.Url, HttpCompletionOption.ResponseHeadersRead, ct);
            if (answer.Headers.Date is not { } theirs) return null;
            var apart = (DateTimeOffset.UtcNow - theirs).Duration();
            return apart <= ClocksMayDiffer
                ? new("clock", Finding.Ok, $"within {ClocksMayDiffer.TotalSeconds:0} s of {target.Url.Host}'s")
                : new("clock", Finding.Warning, $"{apart.TotalSeconds:0} s apart from {target.Url.Host}'s: schedules fire by this machine's. Set both by NTP.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<string> ReachAsync(string address, CancellationToken ct)
    {
        if (!Uri.TryCreate(address.TrimEnd('/') + "/health/live", UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new CommandFault(ExitCodes.Invalid, "--public-url must begin with https:// or http://.");
        using var http = new HttpClient(Outbound.Default.ApplyTo(new SocketsHttpHandler { AllowAutoRedirect = false })) { Timeout = Patience };
        using var answer = await http.GetAsync(url, ct);
        return answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync(ct)).Contains("\"ok\"", StringComparison.Ordinal)
            ? $"{url} answers; from GitHub's side the way may be another one"
            : throw new HttpRequestException($"{url} answers {(int)answer.StatusCode}, and not as this service does. Look at the reverse proxy and Http:PathBase.");
    }
}

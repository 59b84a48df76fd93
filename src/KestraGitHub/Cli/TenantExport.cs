using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary>A tenant of Kestra as files of a folder, in the layout that TenantSync reads and writes.</summary>
internal sealed class TenantExport(KestraServer server, KestraStoreOptions options, Screen screen)
{
    private const string Task =
        """
        id: kestra-github-export
        namespace: system
        tasks:
          - id: export
            type: io.kestra.plugin.git.TenantSync
            url: file:///export
            branch: main
            sourceOfTruth: KESTRA
            whenMissingInSource: KEEP
            auth: {auto: false}
        """;

    /// <summary>Reads all of it into <paramref name="folder"/>, which gets its files when every one of them was read: a failure leaves it as it was.</summary>
    /// <param name="also">Namespaces that the server perhaps does not list: one with files and no flow.</param>
    /// <exception cref="KestraException">Something cannot be read.</exception>
    public async Task<CommandReport> RunAsync(string folder, IReadOnlyList<string> also, DefinitionEnvironment environment, CancellationToken ct)
    {
        var definition = DefinitionFiles.Parse("(export)", System.Text.Encoding.UTF8.GetBytes(Task), environment);
        var task = TaskRenderer.Render(definition, definition.Tasks[0], new RenderContext(environment, new Dictionary<string, string>()));
        var store = new KestraResourceStore(server, task.Scope, sha256: false, options with { Namespaces = () => also });
        await screen.Errors.WriteLineAsync($"Reading tenant {server.Target.Tenant} at {server.Target.Url.GetLeftPart(UriPartial.Path)} …");
        var held = await store.ReadAsync(KnownState.Nothing, ct);
        var files = new GitTarget(task, [], KestraIgnore.Nothing, [], sha256: false).AsFiles(held);
        var lines = new List<ChangeLine>(files.Problems.Select(p => new ChangeLine(
            "export", p.ResourceKind.Word(), p.Namespace, p.Shields.Count == 1 ? p.Shields[0].Id : p.Path, p.Path, p.Kind == ProblemKind.Invalid ? "invalid" : "skipped", p.Reason)));
        lines.AddRange(files.Unsupported.Select(u => new ChangeLine("export", u.Key.Word(), "", "", null, "skipped", u.Value)));

        var staging = Path.GetFullPath(folder) + $".kestra-github-{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(staging);
            await WriteAsync(store, files.Resources.Values, staging, lines, ct);
            Move(staging, Path.GetFullPath(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault(ExitCodes.Error, $"{Path.GetFullPath(folder)} cannot be written: {e.Message}");
        }
        finally
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }

        var counts = new RunCounts(
            Added: lines.Count(l => l.Action == "added"), Skipped: lines.Count(l => l.Action == "skipped"), Invalid: lines.Count(l => l.Action == "invalid"));
        return new CommandReport("exported", server.Target.Url.AbsoluteUri, null, null, null, $"folder {Path.GetFullPath(folder)}", counts, lines);
    }

    private async Task WriteAsync(KestraResourceStore store, IEnumerable<Resource> resources, string staging, List<ChangeLine> lines, CancellationToken ct)
    {
        var all = resources.OrderBy(r => r.Path, StringComparer.Ordinal).ToList();
        using var progress = new Progress(screen, "files", all.Count);
        foreach (var resource in all)
        {
            progress.Step();
            var fault = SourceFile.NameFault(resource.Path);
            lines.Add(new ChangeLine("export", resource.Key.Kind.Word(), resource.Key.Namespace, resource.Key.Id, resource.Path, fault is null ? "added" : "invalid", fault ?? ""));
            if (fault is not null) continue;
            var path = Path.Combine(staging, resource.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var content = resource.Content is { } bytes ? new MemoryStream(bytes.ToArray()) : await store.OpenAsync(resource, ct);
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await content.CopyToAsync(file, ct);
        }
    }

    private static void Move(string staging, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(staging, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(staging, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Move(file, to, overwrite: true);
        }
    }
}

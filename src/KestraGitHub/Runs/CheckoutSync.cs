using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Runs;

/// <summary>
/// The tasks of a definition with a checkout of this machine as their Git side, without a database: the same stores, planner and checks as a run of
/// the service. Nothing is known of earlier runs, so what is deleted is what the policy says and no more.
/// </summary>
internal sealed class CheckoutSync(GitMirrors git, KestraServers servers, KestraOptions kestra)
{
    /// <summary>The tasks that can read a checkout.</summary>
    /// <param name="only">The id of one of them, or null for all.</param>
    /// <exception cref="PermanentFailureException">There is none, or one that means something else.</exception>
    /// <exception cref="RenderException">A value of one is only known to a run of the service.</exception>
    public static IReadOnlyList<SyncTask> Render(Definition definition, string? only, DefinitionEnvironment environment)
    {
        var expansion = FlowExpander.Expand(definition, new RenderContext(environment, new Dictionary<string, string>()));
        if (expansion.Needs is [var key, ..]) throw OnlyAtTheService($"kv('{key.Key}')");
        if (expansion.Steps.OfType<FlowStep.Wait>().FirstOrDefault(w => Means(w.Id)) is { } wait) throw OnlyAtTheService($"outputs.{wait.For.Task}");
        var tasks = expansion.Steps.OfType<FlowStep.Run>().Select(s => s.Task).Where(t => Means(t.Id)).ToList();
        if (tasks.Count == 0)
            throw new PermanentFailureException(only is null
                ? $"{definition.File} has no task that brings Git to Kestra."
                : $"{definition.File} has no task '{only}' that brings Git to Kestra.");
        if (tasks.Find(t => t.Policy.Direction == Direction.KestraToGit) is { } pushing)
            throw new PermanentFailureException($"Task {pushing.Id} writes to Git, and a checkout is only read. Name another one with --task, or run it with the service.");
        var repositories = tasks.Select(t => t.Git.Url).Distinct().ToList();
        return repositories.Count == 1
            ? tasks
            : throw new PermanentFailureException($"The tasks read different repositories ({string.Join(", ", repositories)}), and the checkout is one of them. Choose with --task.");

        // Each turn of a loop is a task of its own.
        bool Means(string id) => only is null || id == only || id.StartsWith(only + "[", StringComparison.Ordinal);

        PermanentFailureException OnlyAtTheService(string what) =>
            new($"{definition.File} uses `{what}`, which only a run of the service knows. Name a task without it by --task, or ask the service with --server.");
    }

    /// <summary>Only the Git side: what is wrong with it shows without any server.</summary>
    public async Task<IReadOnlyList<(SyncTask Task, ResourceSet Read)>> ReadAsync(IReadOnlyList<SyncTask> tasks, string folder, bool workTree, CancellationToken ct)
    {
        var read = new List<(SyncTask, ResourceSet)>();
        foreach (var task in tasks)
        {
            var commit = await git.OpenCheckoutAsync(task.Git, folder, workTree, ct);
            read.Add((task, await git.OpenStore(task, commit).ReadAsync(KnownState.Nothing, ct)));
        }

        return read;
    }

    /// <summary>Reads both sides, plans, and asks Kestra about what would be written. Every task has its plan afterwards.</summary>
    public Task<IReadOnlyList<TaskRun>> PlanAsync(IReadOnlyList<SyncTask> tasks, string folder, bool workTree, CancellationToken ct) =>
        PlanAsync(tasks, task => git.OpenCheckoutAsync(task.Git, folder, workTree, ct), ct);

    /// <summary>The same with the repository itself in the place of a checkout.</summary>
    public Task<IReadOnlyList<TaskRun>> PlanAsync(IReadOnlyList<SyncTask> tasks, CancellationToken ct) =>
        PlanAsync(tasks, async task => await git.OpenAsync(task.Git, await git.ResolveAsync(task, null, ct), ct), ct);

    private async Task<IReadOnlyList<TaskRun>> PlanAsync(IReadOnlyList<SyncTask> tasks, Func<SyncTask, Task<GitCommit>> open, CancellationToken ct)
    {
        var runs = new List<TaskRun>();
        foreach (var task in tasks)
        {
            var commit = await open(task);
            var server = await servers.ConnectAsync(task.Kestra, ct);
            var run = new TaskRun(task, commit.Head, server, kestra.ToStoreOptions(), last: null) { Commit = commit, Git = git.OpenStore(task, commit) };
            var (desired, actual) = await run.WithinTimeoutAsync(limited => run.ReadAsync(KnownState.Nothing, limited), ct);
            run.Plan = SyncPlanner.Plan(desired, actual, Inventory.Empty, task.Policy);
            runs.Add(run);
        }

        await Contradictions.RefuseAsync(runs, t => Task.FromResult(t.Inventory));
        foreach (var run in runs.Where(r => r.Plan!.Writes.Any()))
        {
            var objections = await run.WithinTimeoutAsync(limited => run.Target.CheckAsync(run.Plan!, run.Source, limited), ct);
            run.Plan = SyncPlanner.WithObjections(run.Plan!, objections, run.Task.Policy);
        }

        return runs;
    }

    /// <summary>Carries the plans out, one after the other; the first failure is the end, and the report says what was done until then.</summary>
    public static async Task<Exception?> ApplyAsync(IReadOnlyList<TaskRun> runs, RunReport report, CancellationToken ct)
    {
        Exception? failure = null;
        foreach (var run in runs)
        {
            if (failure is not null || run.Task.DryRun)
            {
                report.AddPlanned(run.Task.Id, run.Plan!, reached: failure is null);
                continue;
            }

            var result = await run.WithinTimeoutAsync(limited => run.Target.ApplyAsync(run.Plan!, run.Source, Unguarded.Instance, limited), ct);
            failure = run.InTermsOfTimeout(result.Failure?.Error, ct);
            report.AddApplied(run.Task.Id, run.Plan!, result);
        }

        return failure;
    }

    /// <summary>There is no lease to lose here: who asked waits for it.</summary>
    private sealed class Unguarded : IApplyGuard
    {
        public static Unguarded Instance { get; } = new();

        public ValueTask BeforeWriteAsync(CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            return ValueTask.CompletedTask;
        }

        public void CheckAtWire()
        {
        }

        public void Written(AppliedChange change)
        {
        }
    }
}

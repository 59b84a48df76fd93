using KestraGitHub.Configuration;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

internal static class RunsRegistration
{
    public static IServiceCollection AddRuns(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSection<RunOptions>(configuration, "Runs", Faults);
        services.AddSingleton<IValidateOptions<RunOptions>, LeaseBound>();
        services.AddSingleton<Digests>();
        services.AddSingleton<CloneDesk>();
        services.AddSingleton<KvReader>();
        services.AddSingleton<RunHolds>();
        services.AddSingleton<Dependencies>();
        services.AddSingleton<PauseDesk>();
        services.AddSingleton<LiveChecks>();
        services.AddSingleton<Merging>();
        services.AddSingleton<StagePlanner>();
        services.AddSingleton<StageJournal>();
        services.AddSingleton<ProposalBranch>();
        services.AddSingleton<ProposalDesk>();
        services.AddSingleton<StageApplier>();
        services.AddSingleton<UndoTargets>();
        services.AddSingleton<BranchUndo>();
        services.AddSingleton<JournalUndo>();
        services.AddSingleton<FailureUndo>();
        services.AddSingleton<OtherHolders>();
        services.AddSingleton<StageGate>();
        services.AddSingleton<RunGuard>();
        services.AddSingleton<UndoRunner>();
        services.AddSingleton<UndoDesk>();
        services.AddSingleton<SyncRunner>();
        services.AddSingleton<RunWorker>();
        services.AddSingleton<SyncDesk>().AddSingleton<RepositoryBook>();
        services.AddSingleton<ApprovalDesk>();
        services.AddSingleton<RollbackDesk>();
        services.AddSingleton<ReplayDesk>();
        services.AddSingleton<ChangeDesk>();
        services.AddSingleton<RepositoryCheck>();
        services.AddSingleton<KnownTasks>();
        services.AddSingleton<CheckoutSync>().AddSingleton<FirstPlan>();
        services.AddSingleton<WatchedRepositories>();
        services.AddSingleton<PollCheck>();
        services.AddHostedService<RepositoryPoll>();
        services.AddSingleton<DriftCheck>();
        services.AddHostedService<DriftWatch>();
        services.AddHostedService<DriftMetrics>();
        services.AddHostedService<QueueMetrics>();
        services.AddHostedService<StandingMetrics>();
        services.BindSection<PublicAddress>(configuration, "Http", PublicAddress.Faults);
        services.AddSingleton<CommitReports>();
        services.AddSingleton<CommitSender>();
        services.AddSingleton<PullRequestPlans>();
        services.AddSingleton<PullRequestDesk>();
        services.AddSingleton<CheckDesk>();
        services.AddHostedService<CommitReporter>();
        services.AddSingleton<IValidateOptions<Storage.DefinitionsOptions>, DefinitionsGitCheck>();
        services.AddSingleton<DefinitionsPull>();
        services.AddHostedService(s => s.GetRequiredService<DefinitionsPull>());
        services.AddSingleton<NotificationFinder>();
        services.AddHostedService<Notifier>();
        return services;
    }

    private static IEnumerable<string> Faults(RunOptions options)
    {
        if (options.Workers is < 1 or > 256) yield return "Runs:Workers is the number of runs at once: 1 to 256.";
        if (options.Lease < TimeSpan.FromSeconds(3)) yield return "Runs:Lease must be at least PT3S.";
        if (options.MaxAttempts < 1) yield return "Runs:MaxAttempts counts the first attempt too: at least 1.";
        if (options.RetryDelay <= TimeSpan.Zero || options.RetryDelayMax < options.RetryDelay) yield return "Runs:RetryDelay must be more than nothing and at most Runs:RetryDelayMax.";
        if (options.Sweep < TimeSpan.FromSeconds(1)) yield return "Runs:Sweep must be at least PT1S.";
    }
}

using KestraGitHub.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Storage;

internal static class StorageRegistration
{
    /// <summary>
    /// The database, its stores, the data folder and the folder of definitions. The host adds how definitions are built: a singleton
    /// <c>Func&lt;IReadOnlyList&lt;(string File, byte[] Content)&gt;, DefinitionCatalog, DefinitionCatalog&gt;</c>.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSection<StorageOptions>(configuration, "Storage", StorageFaults.Of);
        services.BindSection<DataOptions>(configuration, "Data", StorageFaults.Of);
        services.BindSection<DefinitionsOptions>(configuration, "Definitions", StorageFaults.Of);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DataDirectory>();
        services.AddSingleton<Dialect>(provider => provider.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString.Trim() is { Length: > 0 } server
            ? new PostgresDialect(server)
            : new SqliteDialect(provider.GetRequiredService<DataDirectory>().DatabaseFile));
        services.AddSingleton<Database>();
        services.AddSingleton<KeptFiles>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<RepositoryStore>();
        services.AddSingleton<PollStore>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<TallyStore>();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<InventoryStore>();
        services.AddSingleton<HoldersStore>();
        services.AddSingleton<PlanStore>();
        services.AddSingleton<QuarantineStore>();
        services.AddSingleton<HoldStore>();
        services.AddSingleton<DriftStore>();
        services.AddSingleton<OwnCommitStore>();
        services.AddSingleton<ProposalStore>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<PauseStore>();
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<JournalStore>();
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<DefinitionsSeenStore>();
        services.AddSingleton<DefinitionsGitStore>();
        services.AddSingleton<DefinitionFolder>();
        services.AddSingleton<RetentionSweep>();
        // In this order: what comes later finds the folder taken and the schema current.
        services.AddSingleton<StorageStart>();
        services.AddHostedService(provider => provider.GetRequiredService<StorageStart>());
        services.AddHostedService<DefinitionWatcher>();
        services.AddHostedService<RetentionService>();
        return services;
    }

    /// <summary>Takes the data folder and opens the database. The start does so too; a second call does nothing.</summary>
    /// <exception cref="StorageRefusedException">The service must not start on this storage.</exception>
    public static Task OpenStorageAsync(this IServiceProvider services) => services.GetRequiredService<StorageStart>().StartAsync(CancellationToken.None);
}

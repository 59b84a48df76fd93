using System.CommandLine;
using System.Data.Common;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github migrate</c>: what a start does to the schema, before it and by hand.</summary>
internal static class MigrateCommand
{
    public static Command Create(IReadOnlyList<string> settings, Func<IConfiguration, CancellationToken, Task> provision) => CommandSettings.Command(
        "migrate", "Bring the database's schema to this version, as a start does too.", settings, (_, builder, ct) => RunAsync(builder, provision, Console.Out, ct));

    private static async Task<int> RunAsync(
        WebApplicationBuilder builder, Func<IConfiguration, CancellationToken, Task> provision, TextWriter output, CancellationToken ct)
    {
        await using var services = CommandSettings.Storage(builder);
        var dialect = services.GetRequiredService<Dialect>();
        // The file of SQLite has one owner; a server of databases takes the change while nodes run.
        if (dialect is SqliteDialect) services.GetRequiredService<DataDirectory>().Open();
        try
        {
            using var connection = dialect.OpenWriter();
            var (from, to) = Migrator.Migrate(connection, dialect, services.GetRequiredService<TimeProvider>());
            await provision(builder.Configuration, ct);
            await output.WriteLineAsync(from == to ? $"The schema is at {to}: nothing to do." : $"The schema was brought from {from} to {to}.");
            return 0;
        }
        catch (DbException e)
        {
            throw new StorageRefusedException($"The database cannot be brought up to date: {e.Message}", e);
        }
    }
}

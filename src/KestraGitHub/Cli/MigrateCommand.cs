using System.CommandLine;
using System.Data.Common;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github migrate</c>: what a start does to the schema, before it and by hand.</summary>
internal static class MigrateCommand
{
    public static Command Create(IReadOnlyList<string> settings) => CommandSettings.Command(
        "migrate", "Bring the database's schema to this version, as a start does too.", settings, (_, builder, _) => Task.FromResult(Run(builder, Console.Out)));

    private static int Run(WebApplicationBuilder builder, TextWriter output)
    {
        using var services = CommandSettings.Storage(builder);
        var dialect = services.GetRequiredService<Dialect>();
        // The file of SQLite has one owner; a server of databases takes the change while nodes run.
        if (dialect is SqliteDialect) services.GetRequiredService<DataDirectory>().Open();
        try
        {
            using var connection = dialect.OpenWriter();
            var (from, to) = Migrator.Migrate(connection, dialect, services.GetRequiredService<TimeProvider>());
            output.WriteLine(from == to ? $"The schema is at {to}: nothing to do." : $"The schema was brought from {from} to {to}.");
            return 0;
        }
        catch (DbException e)
        {
            throw new StorageRefusedException($"The database cannot be brought up to date: {e.Message}", e);
        }
    }
}

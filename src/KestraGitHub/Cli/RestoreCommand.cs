using System.CommandLine;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github restore FILE</c>: only while no service has the data folder.</summary>
internal static class RestoreCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var file = new Argument<string>("file") { Description = "A copy that `backup` wrote." };
        var command = CommandSettings.Command("restore", "Put a copy of the SQLite database in place of the one there is, while the service is stopped.", settings, (result, builder, _) =>
        {
            using var services = CommandSettings.Storage(builder);
            var path = Path.GetFullPath(result.GetValue(file)!);
            var (schema, kept) = ActivatorUtilities.CreateInstance<SqliteBackup>(services).Restore(path);
            Console.Out.WriteLine($"Restored {path}, schema {schema}.{(kept is null ? "" : $" The database that was there is kept as {kept}.")}");
            return Task.FromResult(0);
        });
        command.Arguments.Add(file);
        return command;
    }
}

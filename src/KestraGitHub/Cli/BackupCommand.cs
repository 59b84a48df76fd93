using System.CommandLine;
using System.Globalization;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github backup FILE</c>: while the service runs, or while it does not.</summary>
internal static class BackupCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var file = new Argument<string>("file") { Description = "Where the copy is written." };
        var force = new Option<bool>("--force") { Description = "Replace the file if it is there." };
        var command = CommandSettings.Command("backup", "Copy the SQLite database, also while the service runs.", settings, (result, builder, _) =>
        {
            using var services = CommandSettings.Storage(builder);
            var path = Path.GetFullPath(result.GetValue(file)!);
            var schema = ActivatorUtilities.CreateInstance<SqliteBackup>(services).Write(path, result.GetValue(force));
            var size = string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(path).Length / 1024.0:0} KiB");
            Console.Out.WriteLine($"{path}: schema {schema}, {size}, whole. Keep admin-token, webhook-secret and known_hosts of Data:Path beside it.");
            return Task.FromResult(0);
        });
        command.Arguments.Add(file);
        command.Options.Add(force);
        return command;
    }
}

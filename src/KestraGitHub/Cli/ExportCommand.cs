using System.CommandLine;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github export</c>: all of a tenant in a folder, as a backup or as the first commit of a repository.</summary>
internal static class ExportCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var (frame, kestra) = (new CommandFrame(), new KestraSideOptions());
        var folder = new Argument<string>("folder") { Description = "Where to. It must be empty, or not there yet." };
        var force = new Option<bool>("--force") { Description = "Write into a folder that holds something; files of the same name are overwritten, others stay." };
        var also = new Option<string[]>("--namespace") { Description = "A namespace with files and no flow, which the open-source edition does not list. May be given several times." };
        var command = frame.Create(
            "export", "Back a tenant up to a folder: flows, namespace files, dashboards, apps and tests, as TenantSync lays them out; 3 when something could not be written.", settings,
            async (result, screen, form, ct) =>
            {
                var path = result.GetValue(folder)!;
                if (File.Exists(path)) throw new CommandFault(ExitCodes.Invalid, $"{path} is a file. Name a folder.");
                if (!result.GetValue(force) && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                    throw new CommandFault(ExitCodes.Conflict, $"{path} is not empty. Name another folder, or take --force to write into it.");
                await using var own = StandAlone.Create(settings, kestra.SettingsOf(result));
                var server = await own.Servers.ConnectAsync(KestraSideOptions.TargetOf(own.Kestra), ct);
                var report = await new TenantExport(server, own.Kestra.ToStoreOptions(), screen).RunAsync(path, result.GetValue(also) ?? [], OwnEnvironment.Of(own.Kestra), ct);
                ReportPrinter.Print(report, form, screen);
                return report.Counts.Invalid > 0 ? ExitCodes.Invalid : ExitCodes.Ok;
            });
        command.Arguments.Add(folder);
        command.Options.Add(force);
        command.Options.Add(also);
        kestra.AddTo(command);
        return command;
    }
}

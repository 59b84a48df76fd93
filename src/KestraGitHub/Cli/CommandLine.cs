using System.CommandLine;
using System.CommandLine.Invocation;

namespace KestraGitHub.Cli;

/// <summary>The commands beside serving. Without one of these names as first word the arguments are configuration (<c>--Section:Key=value</c>).</summary>
internal static class CommandLine
{
    private static readonly string[] Names =
    [
        "serve", "validate", "plan", "diff", "apply", "clone", "run", "wait", "approve", "reject", "rollback", "release", "status", "drift", "history", "logs", "undo", "undelete",
        "suspend", "resume", "import", "export", "doctor", "config", "health", "migrate", "backup", "restore", "schema", "completion", "--help", "-h", "-?", "--version",
    ];

    public static bool Knows(string word) => Names.Contains(word);

    public static Task<int> RunAsync(string[] args, HostWork host)
    {
        // Serving takes whatever the configuration takes; the others take settings anywhere among their own words.
        string[] settings = args[0] == "serve" ? [] : [.. args.Where(CommandSettings.IsSetting)];
        var result = Create(host, settings).Parse([.. args.Where(word => !settings.Contains(word))]);
        // What is wrong is said; all of the help, on the standard output, would be in a pipe's way.
        if (result.Action is ParseErrorAction error) error.ShowHelp = false;
        return result.InvokeAsync();
    }

    public static RootCommand Create(HostWork host, IReadOnlyList<string> settings)
    {
        var root = new RootCommand($"Keeps Kestra and Git in step. Without a command it serves; settings are given as --Section:Key=value. {ExitCodes.Words}");
        root.Subcommands.Add(Serve(host.ServeAsync));
        root.Subcommands.Add(ValidateCommand.Create(settings));
        root.Subcommands.Add(CheckoutCommands.Plan(settings));
        root.Subcommands.Add(CheckoutCommands.Diff(settings));
        root.Subcommands.Add(CheckoutCommands.Apply(settings));
        root.Subcommands.Add(CloneCommand.Create(settings));
        IEnumerable<Command> ofService = [.. ServiceCommands.All(settings), .. TrustCommands.All(settings), .. UndoCommands.All(settings), .. PauseCommands.All(settings)];
        foreach (var command in ofService) root.Subcommands.Add(command);
        root.Subcommands.Add(ImportCommand.Create(settings));
        root.Subcommands.Add(ExportCommand.Create(settings));
        root.Subcommands.Add(DoctorCommand.Create(settings));
        root.Subcommands.Add(ConfigCommand.Create(settings, host.Describe));
        root.Subcommands.Add(HealthCommand.Create(settings));
        root.Subcommands.Add(MigrateCommand.Create(settings, host.ProvisionAsync));
        root.Subcommands.Add(BackupCommand.Create(settings));
        root.Subcommands.Add(RestoreCommand.Create(settings));
        root.Subcommands.Add(SchemaCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create(() => [.. root.Subcommands]));
        return root;
    }

    private static Command Serve(Func<string[], Task<int>> serve)
    {
        var settings = new Argument<string[]>("settings") { Description = "--Section:Key=value …", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("serve", "Run the service (what happens without a command, too).") { settings };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((result, _) => serve([.. result.GetValue(settings) ?? [], .. result.UnmatchedTokens]));
        return command;
    }
}

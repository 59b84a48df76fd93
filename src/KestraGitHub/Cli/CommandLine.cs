using System.CommandLine;

namespace KestraGitHub.Cli;

/// <summary>The commands beside serving. Without one of these names as first word the arguments are configuration (<c>--Section:Key=value</c>).</summary>
internal static class CommandLine
{
    private static readonly string[] Names = ["serve", "validate", "health", "migrate", "backup", "restore", "--help", "-h", "-?", "--version"];

    public static bool Knows(string word) => Names.Contains(word);

    public static Task<int> RunAsync(string[] args, HostWork host)
    {
        // Serving takes whatever the configuration takes; the others take settings anywhere among their own words.
        string[] settings = args[0] == "serve" ? [] : [.. args.Where(CommandSettings.IsSetting)];
        return Create(host, settings).Parse([.. args.Except(settings)]).InvokeAsync();
    }

    public static RootCommand Create(HostWork host, IReadOnlyList<string> settings)
    {
        var root = new RootCommand("Keeps Kestra and Git in step. Without a command it serves; settings are given as --Section:Key=value.");
        root.Subcommands.Add(Serve(host.ServeAsync));
        root.Subcommands.Add(ValidateCommand.Create());
        root.Subcommands.Add(HealthCommand.Create(settings));
        root.Subcommands.Add(MigrateCommand.Create(settings, host.ProvisionAsync));
        root.Subcommands.Add(BackupCommand.Create(settings));
        root.Subcommands.Add(RestoreCommand.Create(settings));
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

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using KestraGitHub.Configuration;

namespace KestraGitHub.Cli;

/// <summary>All that the arguments can ask for. Without a command they are configuration (<c>--Section:Key=value</c>), and it serves.</summary>
internal static class CommandLine
{
    /// <summary>They end with 2 where the configuration is wrong, as serving does.</summary>
    private static readonly string[] OfOperators = ["serve", "health", "migrate", "backup", "restore"];

    // A word that begins with @ is a word: nothing is read from files that was not asked for.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    public static Task<int> RunAsync(string[] args, HostWork host) => RunAsync(args, host, Console.Error);

    public static async Task<int> RunAsync(string[] args, HostWork host, TextWriter errors)
    {
        // Who does not know the words asks so.
        var given = GivenArguments.Of(args is ["help"] ? ["--help"] : args);
        var serves = given.Words.Count == 0;
        if (UnknownWords.FaultOf(given, host.Describe) is { } unknown)
            return await RefuseAsync(errors, serves || OfOperators.Contains(given.Words[0]) ? ConfigurationException.ExitCode : ExitCodes.Invalid, unknown);
        if (serves) return await host.ServeAsync([.. given.Settings]);

        var root = Create(host, given.Settings);
        if (UnknownWords.FaultOf(given.Words[0], root) is { } fault) return await RefuseAsync(errors, ExitCodes.Invalid, fault);
        var result = root.Parse(given.Words, Parser);
        if (result.Action is ParseErrorAction)
            return await RefuseAsync(errors, ExitCodes.Invalid, [.. result.Errors.Select(e => e.Message).Distinct(), .. UnknownWords.CuresOf(result)]);
        if (Empty(result) is { } empty) return await RefuseAsync(errors, ExitCodes.Invalid, $"{empty} is empty: give it a value, or leave it out.");
        try
        {
            // Its own handler would answer with a stack trace.
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (IOException e)
        {
            return await RefuseAsync(errors, ExitCodes.Error, e.Message);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Error;
        }
    }

    public static RootCommand Create(HostWork host, IReadOnlyList<string> settings)
    {
        var root = new RootCommand($"Keeps Kestra and Git in step. Without a command it serves; settings are given as --Section:Key=value. {ExitCodes.Words}");
        root.Subcommands.Add(Serve(host.ServeAsync, settings));
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

    private static Command Serve(Func<string[], Task<int>> serve, IReadOnlyList<string> settings)
    {
        var command = new Command("serve", "Run the service (what happens without a command, too). Settings: --Section:Key=value, environment, appsettings.json.");
        command.SetAction((_, _) => serve([.. settings]));
        return command;
    }

    /// <summary>A path, name or id without a letter: what a script makes of a variable that is not set.</summary>
    private static string? Empty(ParseResult result) => result.CommandResult.Children.Where(c => c.Tokens.Any(t => t.Value.Length == 0))
        .Select(c => c is OptionResult option ? option.Option.Name : c is ArgumentResult argument ? $"<{argument.Argument.Name}>" : null).FirstOrDefault(name => name is not null);

    private static async Task<int> RefuseAsync(TextWriter errors, int code, params string[] sentences)
    {
        foreach (var sentence in sentences) await errors.WriteLineAsync(string.Join('\n', sentence.Split('\n').Select(Screen.Plain)));
        return code;
    }
}

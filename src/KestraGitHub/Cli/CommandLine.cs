using System.CommandLine;

namespace KestraGitHub.Cli;

/// <summary>The commands beside serving. Without one of these names as first word the arguments are configuration (<c>--Section:Key=value</c>).</summary>
internal static class CommandLine
{
    private static readonly string[] Names = ["serve", "validate", "--help", "-h", "-?", "--version"];

    public static bool Knows(string word) => Names.Contains(word);

    public static RootCommand Create(Func<string[], Task<int>> serve)
    {
        var root = new RootCommand("Keeps Kestra and Git in step. Without a command it serves; settings are given as --Section:Key=value.");
        root.Subcommands.Add(Serve(serve));
        root.Subcommands.Add(ValidateCommand.Create());
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

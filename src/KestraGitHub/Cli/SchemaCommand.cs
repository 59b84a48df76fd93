using System.CommandLine;
using KestraGitHub.Definitions;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github schema</c>: what an editor checks definitions with, while they are written.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var own = new Option<bool>("--own-key") { Description = "Only of the key x-kestra-github." };
        var command = new Command("schema", "Print the JSON Schema of definitions, for editors: # yaml-language-server: $schema=FILE in a definition's first line.") { own };
        command.SetAction(async (result, ct) =>
        {
            await Console.Out.WriteLineAsync((result.GetValue(own) ? DefinitionSchema.OwnKey : DefinitionSchema.Whole()).AsMemory(), ct);
            return ExitCodes.Ok;
        });
        return command;
    }
}

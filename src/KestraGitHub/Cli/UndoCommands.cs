using System.CommandLine;

namespace KestraGitHub.Cli;

/// <summary>Having back what a run of a service overwrote or deleted: <c>undo</c> and <c>undelete</c>. (<c>restore</c> is about the service's own database.)</summary>
internal static class UndoCommands
{
    public static IEnumerable<Command> All(IReadOnlyList<string> settings) =>
    [
        Create("undo", "undo", "Have a running service put back all that a run wrote; what somebody else changed since is left.", settings),
        Create("undelete", "restore", "Have a running service bring back what a run deleted; what exists again is left.", settings),
    ];

    private static Command Create(string name, string how, string description, IReadOnlyList<string> settings)
    {
        var (frame, service) = (new CommandFrame(), new ServiceOptions());
        var id = new Argument<string>("run") { Description = "Its id." };
        var only = new Option<string[]>("--object") { Description = "Only this object, as 'flow company.team/hello'; may be given more than once.", AllowMultipleArgumentsPerToken = false };
        var command = frame.Create(name, description, settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            var run = await client.PutBackAsync(result.GetValue(id)!, how, result.GetValue(only) ?? [], ct);
            return await ServiceRuns.TellEndAsync(client, run, screen, form, detailed: false, ct);
        });
        service.AddTo(command, ofSync: false);
        command.Arguments.Add(id);
        command.Options.Add(only);
        return command;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace KestraGitHub.Cli;

/// <summary><c>suspend</c> and <c>resume</c>: one sync of a service, or all.</summary>
internal static class PauseCommands
{
    public static IEnumerable<Command> All(IReadOnlyList<string> settings) => [Suspend(settings), Resume(settings)];

    private static Command Suspend(IReadOnlyList<string> settings)
    {
        var (frame, service, all) = (new CommandFrame(), new ServiceOptions(), OfAll());
        var reason = new Option<string?>("--reason") { Description = "Why, for whoever wonders." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "When it ends by itself, as 2026-12-01T06:00:00Z.", CustomParser = ParseMoment };
        var command = frame.Create("suspend", "Keep a sync of a service, or with --all every sync, from writing.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            await client.PostAsync(PathOf(service, result, all, "suspend"), new { reason = result.GetValue(reason), until = result.GetValue(until) }, ct);
            await screen.Errors.WriteLineAsync("suspended");
            return ExitCodes.Ok;
        });
        Add(command, service, all, reason, until);
        return command;
    }

    private static Command Resume(IReadOnlyList<string> settings)
    {
        var (frame, service, all) = (new CommandFrame(), new ServiceOptions(), OfAll());
        var command = frame.Create("resume", "Let a suspended sync of a service go on, or with --all end the pause of every sync.", settings, async (result, screen, form, ct) =>
        {
            using var client = service.Client(result);
            await client.PostAsync(PathOf(service, result, all, "resume"), ct);
            await screen.Errors.WriteLineAsync("resumed");
            return ExitCodes.Ok;
        });
        Add(command, service, all);
        return command;
    }

    private static DateTimeOffset? ParseMoment(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var moment)) return moment;
        argument.AddError($"--until: '{text}' is no moment: write 2026-12-01T06:00:00Z.");
        return null;
    }

    private static Option<bool> OfAll() => new("--all") { Description = "Every sync of the service." };

    private static void Add(Command command, ServiceOptions service, params Option[] options)
    {
        service.AddTo(command, withRevision: false);
        foreach (var option in options) command.Options.Add(option);
    }

    private static string PathOf(ServiceOptions service, ParseResult result, Option<bool> all, string verb)
    {
        if (!result.GetValue(all)) return $"{ServiceCommands.PathOf(service, result)}/{verb}";
        if (service.Names(result)) GivenOptions.Refuse("--sync", ["--all"], "--all is every sync, and --sync a single one.");
        return $"api/v1/{verb}";
    }
}

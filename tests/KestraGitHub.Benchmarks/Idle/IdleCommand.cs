using System.CommandLine;

namespace KestraGitHub.Benchmarks.Idle;

internal static class IdleCommand
{
    public static Command Create()
    {
        var starts = new Option<int>("--starts") { DefaultValueFactory = _ => 11 };
        var pushes = new Option<int>("--pushes") { DefaultValueFactory = _ => 21 };
        var definitions = new Option<int>("--definitions") { Description = "each with a schedule each minute; 0 = leave this out", DefaultValueFactory = _ => 1000 };
        var minutes = new Option<int>("--minutes") { Description = "to watch them for", DefaultValueFactory = _ => 3 };
        var command = new Command("idle", "Start-up, memory at rest, from a push to the first write, and what a thousand schedules cost") { starts, pushes, definitions, minutes };
        command.SetAction((parsed, _) => new IdleBenchmark(
            parsed.GetValue(starts), parsed.GetValue(pushes), parsed.GetValue(definitions), parsed.GetValue(minutes)).RunAsync());
        return command;
    }
}

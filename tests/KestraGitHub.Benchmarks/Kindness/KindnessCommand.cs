using System.CommandLine;

namespace KestraGitHub.Benchmarks.Kindness;

internal static class KindnessCommand
{
    public static Command Create()
    {
        var flows = new Option<int>("--flows") { DefaultValueFactory = _ => 1000 };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
        var writes = new Option<int[]>("--writes") { Description = "at once", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2, 4, 8] };
        var versions = new Option<string[]>("--versions") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["1.3", "2.0"] };
        var command = new Command("kindness", "What another user of Kestra feels of a first sync") { flows, rounds, writes, versions };
        command.SetAction((parsed, _) => new KindnessBenchmark(
            parsed.GetValue(flows), parsed.GetValue(rounds), parsed.GetValue(writes)!, parsed.GetValue(versions)!).RunAsync());
        return command;
    }
}

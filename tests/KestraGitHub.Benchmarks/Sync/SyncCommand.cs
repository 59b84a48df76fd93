using System.CommandLine;

namespace KestraGitHub.Benchmarks.Sync;

internal static class SyncCommand
{
    public static Command Create()
    {
        var flows = new Option<int[]>("--flows")
        {
            Description = "how many flows, once for each number", DefaultValueFactory = _ => [100, 1000, 10_000], AllowMultipleArgumentsPerToken = true,
        };
        var files = new Option<int>("--files") { Description = "how many namespace files of 1 MiB; 0 = none", DefaultValueFactory = _ => 1024 };
        var command = new Command("sync", "Calls, git processes, time and memory of a first sync, of one with nothing to do, and of one changed file") { flows, files };
        command.SetAction((parsed, _) =>
        {
            List<Load> loads = [.. parsed.GetValue(flows)!.Select(n => new FlowLoad(n))];
            if (parsed.GetValue(files) is > 0 and var count) loads.Add(new FileLoad(count));
            return new SyncBenchmark(loads).RunAsync();
        });
        return command;
    }
}

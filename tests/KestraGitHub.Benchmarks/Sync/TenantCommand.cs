using System.CommandLine;

namespace KestraGitHub.Benchmarks.Sync;

internal static class TenantCommand
{
    public static Command Create()
    {
        var namespaces = new Option<int>("--namespaces") { DefaultValueFactory = _ => 100 };
        var flows = new Option<int>("--flows") { Description = "in each namespace", DefaultValueFactory = _ => 100 };
        var files = new Option<int>("--files") { Description = "in each namespace", DefaultValueFactory = _ => 20 };
        var command = new Command("tenant", "Calls, git processes, time and memory of a TenantSync in both directions: first, with nothing to do, and with 1 % changed") { namespaces, flows, files };
        command.SetAction((parsed, _) => new TenantBenchmark(parsed.GetValue(namespaces), parsed.GetValue(flows), parsed.GetValue(files)).RunAsync());
        return command;
    }
}

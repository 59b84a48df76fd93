using System.CommandLine;

namespace KestraGitHub.Benchmarks.Pages;

internal static class StreamCommand
{
    public static Command Create()
    {
        var clients = new Option<int>("--clients") { DefaultValueFactory = _ => 1000 };
        var seconds = new Option<int>("--seconds") { Description = "to watch them for while nothing happens", DefaultValueFactory = _ => 30 };
        var command = new Command("stream", "What many followers of a run cost, and how late they hear of its end") { clients, seconds };
        command.SetAction((parsed, _) => new StreamBenchmark(parsed.GetValue(clients), parsed.GetValue(seconds)).RunAsync());
        return command;
    }
}
